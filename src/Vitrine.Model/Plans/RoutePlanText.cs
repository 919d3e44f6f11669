using System.Text;

namespace Vitrine.Model.Plans;

/// <summary>A route plan for people and for golden tests: one entry a line, each with the object it comes from.</summary>
internal static class RoutePlanText
{
    internal static string Write(RoutePlan plan)
    {
        var text = new StringBuilder().Append("node ").Append(plan.NodeName).Append('\n');
        foreach (var tunnel in plan.Tunnels)
            text.Append($"tunnel {tunnel.Name} vni {Vtep.Vni} port {Vtep.Port} local {tunnel.Local} dev {tunnel.Uplink} mtu {tunnel.Mtu} mac {tunnel.Mac} addresses {string.Join(' ', tunnel.Addresses)}\n");
        foreach (var peer in plan.TunnelPeers)
            text.Append($"peer {peer.Mac} dev {peer.Device} dst {peer.Remote} next hops {string.Join(' ', peer.NextHops)} # {peer.Owner}\n");
        foreach (var route in plan.Routes)
            text.Append($"route {route} # {route.Owner}\n");
        foreach (var range in plan.PodRanges)
            text.Append($"pods {range.Range}{(range.IsOwn ? " own" : "")} # {range.Owner}\n");
        foreach (var address in plan.NodeAddresses)
            text.Append($"address {address.Address}{(address.WithoutNat ? " without nat" : "")} # {address.Owner}\n");
        foreach (var conflict in plan.Conflicts)
            text.Append($"conflict {conflict}\n");
        return text.ToString();
    }
}
