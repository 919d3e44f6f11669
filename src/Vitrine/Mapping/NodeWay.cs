using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;

namespace Vitrine.Mapping;

/// <summary>How one node reaches another's pods, by its plan.</summary>
/// <param name="From">node/NAME</param>
/// <param name="To">node/NAME</param>
/// <param name="Range">of the other's pods</param>
/// <param name="Entry">the route, as `ip route` writes it</param>
/// <param name="Tunnel">VXLAN device that leads there; null for a link that both are on, and for no way</param>
/// <param name="Mtu">bytes; 0 where there is no way</param>
internal sealed record NodeWay(string From, string To, string Range, string Entry, string? Tunnel, int Mtu)
{
    /// <summary>To all other nodes.</summary>
    public static IEnumerable<NodeWay> Of(ClusterSnapshot snapshot, string node, NodeLinks links)
    {
        if (RoutePlan.Compile(snapshot, node, links) is not { } plan)
            return [];
        var own = $"node/{node}";
        return plan.Routes.Where(r => r.Owner != own).Select(r => new NodeWay(own, r.Owner, $"{r.Destination}", $"{r}",
            plan.Tunnels.Any(t => t.Name == r.Device) ? r.Device : null, r.Mtu > 0 ? r.Mtu : links.Links.FirstOrDefault(l => l.Name == r.Device)?.Mtu ?? 0));
    }
}
