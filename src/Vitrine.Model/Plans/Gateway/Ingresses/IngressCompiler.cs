using System.Collections.Immutable;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway.Ingresses;

/// <summary>
/// All Ingresses of our classes → hosts, certificates, problems. It remembers what it made: an Ingress is read again when it or something it refers to
/// is another, and a host whose rules stayed is the same instance.
/// </summary>
internal sealed class IngressCompiler
{
    /// <summary>spec.controller of the classes that are ours.</summary>
    public const string Controller = "vitrine.dev/ingress";

    private Dictionary<string, IngressPart> parts = [];
    private Dictionary<string, VirtualHost> hosts = [];
    private Dictionary<(PathEntry, PathEntry, bool), ImmutableArray<RouteRule>> canaries = [];

    public IEnumerable<IngressPart> Parts => parts.Values;

    public static bool IsOurs(Ingress ingress, ClusterSnapshot snapshot) => snapshot.IngressClasses.GetValueOrDefault(ingress.ClassName)?.Controller == Controller;

    /// <summary>Oldest first: of two that want the same, the first has it.</summary>
    public (ImmutableArray<VirtualHost> Hosts, ImmutableArray<ServerCertificate> Certificates, ImmutableArray<GatewayProblem> Problems) Compile(ClusterSnapshot snapshot)
    {
        var now = new Dictionary<string, IngressPart>();
        foreach (var (key, ingress) in snapshot.Ingresses)
            if (IsOurs(ingress, snapshot))
                now[key] = parts.GetValueOrDefault(key) is { } before && before.Ingress.AsksTheSame(ingress) && before.Lookups.Hold(snapshot) ? before : IngressReading.Read(ingress, snapshot);
        parts = now;
        IngressPart[] ordered = [.. now.Values.OrderBy(p => p.Ingress.Created).ThenBy(p => p.Ingress.Key, StringComparer.Ordinal)];
        var assembly = new HostAssembly(ordered, canaries);
        var made = assembly.Hosts();
        canaries = assembly.Canaries;
        hosts = made.Select(h => hosts.GetValueOrDefault(h.Host) is { } before && SameInstances.Of(before.Rules, h.Rules) ? before : h).ToDictionary(h => h.Host);
        return (
            [.. made.Select(h => hosts[h.Host])],
            [.. ordered.SelectMany(p => p.Certificates)],
            [.. ordered.SelectMany(p => p.Problems), .. assembly.Problems]);
    }
}
