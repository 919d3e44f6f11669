using System.Collections.Immutable;
using System.Globalization;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway;

/// <summary>What a Service's annotations ask of the gateway, as typed values.</summary>
/// <param name="MaxRequests">vitrine.dev/max-requests: so many requests at one endpoint at a time, from one proxy; more are sent to others or get 503. 0 for no limit</param>
/// <param name="HealthCheckPath">vitrine.dev/health-check-path: each endpoint is asked for it every few seconds, and left out while it fails; null for not</param>
internal sealed record BackendSettings(int MaxRequests, string? HealthCheckPath)
{
    public const string Limit = "max-requests", Health = "health-check-path";

    public static BackendSettings Of(Service service) => new(Number(service) ?? 0, Path(service));

    /// <summary>What cannot be done as it is written. It has no effect.</summary>
    public static IEnumerable<GatewayProblem> Problems(Service service)
    {
        if (service.Settings.ContainsKey(Limit) && Number(service) is null)
            yield return Problem(service, Limit, "must be a whole number above 0");
        if (service.Settings.ContainsKey(Health) && Path(service) is null)
            yield return Problem(service, Health, "must be a path as it stands in a request: it begins with /, and has no spaces");
    }

    private static int? Number(Service service) =>
        int.TryParse(service.Settings.GetValueOrDefault(Limit), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    private static string? Path(Service service) =>
        service.Settings.GetValueOrDefault(Health) is ['/', ..] and var path && path.All(c => c is > ' ' and < (char)0x7f and not '#') ? path : null;

    // It ends in an event, a line of text.
    private static string Shown(string value) => string.Concat(value.Take(80).Select(c => char.IsControl(c) ? '?' : c));

    private static GatewayProblem Problem(Service service, string name, string rule) => new(
        new RuleSource("Service", service.Namespace, service.Name, $"metadata.annotations[vitrine.dev/{name}]"), "InvalidAnnotation",
        $"vitrine.dev/{name}: {Shown(service.Settings[name])} of service/{service.Key} {rule}; it has no effect");
}
