using System.Globalization;
using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>
/// Environment variables that tell a container of Services: NAME_SERVICE_HOST and _PORT, and those Docker's links had. Source:
/// pkg/kubelet/envvars.
/// </summary>
internal static class ServiceVariables
{
    private const string ApiService = "kubernetes";

    /// <param name="services">Of the pod's own namespace; empty where it wants none.</param>
    /// <param name="api">The Service "kubernetes" of the namespace default, or null.</param>
    public static IEnumerable<KeyValuePair<string, string>> Of(IEnumerable<V1Service> services, V1Service? api)
    {
        // One of the pod's own namespace goes before the cluster's of that name.
        var own = services.Where(HasAddress).OrderBy(s => s.Metadata.Name, StringComparer.Ordinal).ToArray();
        var all = api is not null && HasAddress(api) && own.All(s => s.Metadata.Name != ApiService) ? own.Append(api) : own;
        return all.SelectMany(Of);
    }

    private static bool HasAddress(V1Service service) => service.Spec.ClusterIP is not (null or "" or "None") && service.Spec.Ports is { Count: > 0 };

    private static IEnumerable<KeyValuePair<string, string>> Of(V1Service service)
    {
        var (name, address, ports) = (Upper(service.Metadata.Name), service.Spec.ClusterIP, service.Spec.Ports);
        yield return new($"{name}_SERVICE_HOST", address);
        yield return new($"{name}_SERVICE_PORT", Text(ports[0].Port));
        foreach (var port in ports.Where(p => !string.IsNullOrEmpty(p.Name)))
        {
            yield return new($"{name}_SERVICE_PORT_{Upper(port.Name)}", Text(port.Port));
        }

        for (var i = 0; i < ports.Count; i++)
        {
            var protocol = ports[i].Protocol is { Length: > 0 } given ? given : "TCP";
            var url = $"{protocol.ToLowerInvariant()}://{(address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address)}:{Text(ports[i].Port)}";
            if (i == 0)
            {
                yield return new($"{name}_PORT", url);
            }

            var prefix = $"{name}_PORT_{Text(ports[i].Port)}_{protocol}";
            yield return new(prefix, url);
            yield return new($"{prefix}_PROTO", protocol.ToLowerInvariant());
            yield return new($"{prefix}_PORT", Text(ports[i].Port));
            yield return new($"{prefix}_ADDR", address);
        }
    }

    private static string Upper(string name) => name.ToUpperInvariant().Replace('-', '_');

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
