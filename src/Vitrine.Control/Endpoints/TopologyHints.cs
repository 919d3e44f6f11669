using k8s.Models;
using Vitrine.Control.Pods;

namespace Vitrine.Control.Endpoints;

/// <summary>
/// hints of endpoints: for clients of which zone or node one is meant. spec.trafficDistribution (KEP-4444, KEP-3015) keeps each where it
/// is; the older annotation shares endpoints out by the zones' CPU (KEP-2433).
/// </summary>
internal static class TopologyHints
{
    // No zone may get more than a fifth more traffic per endpoint than its share.
    private const double Overload = 0.2;

    public static void Set(V1Service service, IReadOnlyList<V1Endpoint> endpoints, IEnumerable<EndpointNode> nodes)
    {
        var ready = endpoints.Where(e => e.Conditions.Ready == true).ToArray();
        switch (service.Spec.TrafficDistribution)
        {
            case "PreferClose" or "PreferSameZone":
                foreach (var endpoint in ready.Where(e => e.Zone is not null))
                {
                    endpoint.Hints = new V1EndpointHints { ForZones = [new V1ForZone { Name = endpoint.Zone }] };
                }

                return;
            case "PreferSameNode":
                foreach (var endpoint in ready.Where(e => e.NodeName is not null))
                {
                    endpoint.Hints = new V1EndpointHints { ForNodes = [new V1ForNode { Name = endpoint.NodeName }], ForZones = endpoint.Zone is null ? null : [new V1ForZone { Name = endpoint.Zone }] };
                }

                return;
        }

        var mode = PodFacts.Annotation(service.Metadata, "service.kubernetes.io/topology-mode") is { Length: > 0 } now ? now : PodFacts.Annotation(service.Metadata, "service.kubernetes.io/topology-aware-hints");
        if (mode is "Auto" or "auto" && Share(ready, nodes) is { } zones)
        {
            foreach (var (endpoint, zone) in ready.Zip(zones))
            {
                endpoint.Hints = new V1EndpointHints { ForZones = [new V1ForZone { Name = zone }] };
            }
        }
    }

    /// <summary>A zone for each endpoint, or null where no fair sharing can be had: too few endpoints, zones or CPUs that are not known, too uneven.</summary>
    internal static string[]? Share(IReadOnlyList<V1Endpoint> endpoints, IEnumerable<EndpointNode> nodes)
    {
        var counted = nodes.Where(n => n.Ready && !n.ControlPlane).ToArray();
        if (counted.Length == 0 || counted.Any(n => n.Zone.Length == 0 || n.Cpu <= 0) || endpoints.Any(e => e.Zone is null))
        {
            return null;
        }

        var cpu = (double)counted.Sum(n => n.Cpu);
        var desired = counted.GroupBy(n => n.Zone).ToDictionary(g => g.Key, g => g.Sum(n => n.Cpu) / cpu * endpoints.Count);
        var least = desired.ToDictionary(d => d.Key, d => (int)Math.Ceiling(d.Value / (1 + Overload)));
        if (desired.Count < 2 || endpoints.Count < desired.Count || least.Values.Sum() > endpoints.Count)
        {
            return null;
        }

        // Each serves its own zone; then zones with too few are given some by those with the most to spare.
        var zones = endpoints.Select(e => desired.ContainsKey(e.Zone) ? e.Zone : desired.Keys.Order(StringComparer.Ordinal).First()).ToArray();
        while (desired.Keys.Order(StringComparer.Ordinal).FirstOrDefault(z => Count(z) < least[z]) is { } poor)
        {
            var rich = desired.Keys.Where(z => z != poor && Count(z) > least[z]).OrderByDescending(z => Count(z) - desired[z]).ThenBy(z => z, StringComparer.Ordinal).First();
            zones[Array.LastIndexOf(zones, rich)] = poor;
        }

        return zones;

        int Count(string zone) => zones.Count(z => z == zone);
    }
}
