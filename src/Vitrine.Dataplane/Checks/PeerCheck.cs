using System.Net;
using System.Net.Sockets;
using Vitrine.Dataplane.Probes;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Model.Plans;

namespace Vitrine.Dataplane.Checks;

/// <summary>The way to one peer, with real packets: are they let through, whole, with right sums, and by the link the plan thinks of.</summary>
internal sealed class PeerCheck(NetnsHandle netns, RtnetlinkSocket routes, TimeProvider time)
{
    private const int Small4 = 100, Discard = 9;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public async Task<CheckVerdict> RunAsync(RoutePlan plan, PlannedRoute route, NodeLinks links)
    {
        var subject = $"way to pods of {route.Owner} ({route.Destination})";
        var link = links.Links.FirstOrDefault(l => l.Name == route.Device);
        var tunnel = plan.Tunnels.FirstOrDefault(t => t.Name == route.Device);
        var mtu = tunnel?.Mtu ?? link?.Mtu ?? 0;
        // Of a tunnel the far end's own address answers, of a link the peer itself.
        var target = route.Gateway!;
        if (WrongLink(plan, route, tunnel) is { } wrong)
            return CheckVerdict.Bad(subject, wrong, "give the node the InternalIP of the link its peers are on (--node-ip), or correct the routes");

        if (!await EchoesAsync(target, Small4).ConfigureAwait(false))
            return CheckVerdict.Bad(subject, $"{target} does not answer", tunnel is null
                ? $"is the peer up, and does its firewall let ICMP and forwarded packets pass? (neighbour state: ip neigh show {target})"
                : $"is the peer up, and does every firewall between {tunnel.Local} and {RemoteOf(plan, route)} let UDP port {Vtep.Port} pass?");
        if (!await EchoesAsync(target, mtu).ConfigureAwait(false))
            return CheckVerdict.Bad(subject, $"small packets pass, packets of {mtu} bytes do not: some link on the way takes less and does not say so",
                $"set the MTU of the link that holds {tunnel?.Local.ToString() ?? "this node's address"} to what the network really carries");
        // A port that nobody listens on is refused only after the sum was found right.
        if ((await UdpProbe.SendAsync(netns, new IPEndPoint(target, Discard), null, 1000, Patience, time).ConfigureAwait(false)).Answer == ProbeAnswer.Silent)
            return CheckVerdict.Bad(subject, "ICMP passes, UDP is not even refused: wrong checksums, or a firewall",
                $"try: ethtool -K {tunnel?.Uplink ?? route.Device} tx-checksum-ip-generic off; a firewall must not drop UDP between nodes");
        return CheckVerdict.Good(subject, $"{mtu} bytes by {route.Device}");
    }

    private string? WrongLink(RoutePlan plan, PlannedRoute route, TunnelDevice? tunnel)
    {
        if (tunnel is null || RemoteOf(plan, route) is not { } remote)
            return null;
        try
        {
            var taken = routes.FindRoute(new RouteLookup(remote));
            var name = routes.ListLinks().FirstOrDefault(l => l.Index == taken.LinkIndex)?.Name;
            return name == tunnel.Uplink ? null : $"packets to {remote} leave by {name}, but this node's InternalIP {tunnel.Local} is on {tunnel.Uplink}";
        }
        catch (NetlinkException e)
        {
            return e.Message;
        }
    }

    private static IPAddress? RemoteOf(RoutePlan plan, PlannedRoute route) => plan.TunnelPeers.FirstOrDefault(p => p.NextHops.Contains(route.Gateway!))?.Remote;

    private async Task<bool> EchoesAsync(IPAddress target, int size)
    {
        // The first may be lost to neighbour discovery, or teach a smaller path MTU.
        for (var attempt = 0; attempt < 2; attempt++)
            if ((await EchoProbe.SendAsync(netns, target, null, size, Patience, time).ConfigureAwait(false)).Answer == ProbeAnswer.Answered)
                return true;
        return false;
    }
}
