using System.Net;
using System.Net.Sockets;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;
using Vitrine.Model.Plans;

namespace Vitrine.Dataplane.Apply;

/// <summary>
/// Makes the kernel's routes, tunnels and their neighbours as a <see cref="RoutePlan"/> says, with as few changes as will do: nothing when all is in
/// order, so a restarted agent drops no packet. Additions come before deletions.
/// </summary>
internal sealed class RouteTables(RtnetlinkSocket socket)
{
    public const byte Protocol = RouteProtocol.Vitrine;

    // Behind any route that a person or the kernel makes for the same range, such as the one of a bridge that holds it.
    private const uint RefusalMetric = 65535, DefaultMetric6 = 1024, MainTable = 254;

    /// <returns>how many things it changed</returns>
    public int Ensure(RoutePlan plan)
    {
        var changes = EnsureDevices(plan);
        var links = socket.ListLinks().ToDictionary(l => l.Name);
        if (plan.Tunnels.FirstOrDefault(t => !links.ContainsKey(t.Name)) is { } gone)
            throw new LinuxException($"configure tunnel {gone.Name}", Errno.ENODEV, "somebody deleted it just now");
        changes += EnsureAddresses(plan, links);
        changes += EnsureEntries(plan, links);
        foreach (var stale in links.Values.Where(l => IsOurs(l) && !plan.Tunnels.Any(t => t.Name == l.Name)))
            changes += socket.TryDeleteLink(stale.Name) ? 1 : 0;
        return changes;
    }

    private int EnsureDevices(RoutePlan plan)
    {
        var changes = 0;
        foreach (var tunnel in plan.Tunnels)
        {
            var wanted = new VxlanSpec(tunnel.Name, Vtep.Vni, Vtep.Port, tunnel.Local) { Mac = Mac(tunnel.Mac), Mtu = tunnel.Mtu };
            var link = socket.FindLink(tunnel.Name);
            if (link is { Kind: not "vxlan" })
                throw new LinuxException($"create tunnel {tunnel.Name}", Errno.EEXIST, $"a link of kind {link.Kind} has this name; rename or delete it");
            if (link is not null && link.Vxlan is { } held && held with { Mtu = wanted.Mtu } == wanted)
            {
                if (link.IsUp && link.Mtu == wanted.Mtu)
                    continue;
                socket.SetLink(link.Index, new LinkChange { Up = true, Mtu = wanted.Mtu });
            }
            else
            {
                var batch = socket.Batch();
                if (link is not null)
                    batch.DeleteLink(link.Name);
                batch.CreateVxlan(wanted).SetLink(tunnel.Name, new LinkChange { Up = true, GenerateLinkLocal = false, Alias = "vitrine tunnels to other nodes" }).Send();
            }
            changes++;
        }
        return changes;
    }

    private int EnsureAddresses(RoutePlan plan, Dictionary<string, Link> links)
    {
        var held = socket.ListAddresses();
        var batch = socket.Batch();
        var changes = 0;
        foreach (var tunnel in plan.Tunnels)
        {
            var index = links[tunnel.Name].Index;
            var own = held.Where(a => a.LinkIndex == index).ToArray();
            foreach (var address in tunnel.Addresses.Where(a => !own.Any(o => o.Address.Equals(a))))
            {
                batch.AddAddress(index, address, Bits(address), prefixRoute: false);
                changes++;
            }
            foreach (var stale in own.Where(o => !tunnel.Addresses.Contains(o.Address)))
            {
                batch.DeleteAddress(index, stale.Address, stale.PrefixLength);
                changes++;
            }
        }
        batch.Send();
        return changes;
    }

    /// <summary>Neighbours before the routes that need them, everything new before anything old goes.</summary>
    private int EnsureEntries(RoutePlan plan, Dictionary<string, Link> links)
    {
        var changes = 0;
        var tunnels = links.Values.Where(l => plan.Tunnels.Any(t => t.Name == l.Name)).Select(l => l.Index).ToHashSet();
        var neighbours = socket.ListNeighbours().Where(n => tunnels.Contains(n.LinkIndex)).ToHashSet();
        var routes = socket.ListRoutes().Where(r => r is { Protocol: Protocol, Table: MainTable }).ToArray();
        var batch = socket.Batch();
        var wantedNeighbours = plan.TunnelPeers.SelectMany(p => Neighbours(p, links[p.Device].Index)).ToArray();
        // By address, and routes by range: of five thousand nodes' each is compared with its own kind.
        var near = neighbours.Where(n => n.IsPermanent).ToLookup(n => n.Address);
        foreach (var neighbour in wantedNeighbours.Where(w => !near[w.Address].Any(n => Same(n, w))))
        {
            _ = neighbour.IsForwarding
                ? batch.ReplaceForwarding(neighbour.LinkIndex, neighbour.Mac!.Value, neighbour.Address!)
                : batch.ReplaceNeighbour(neighbour.LinkIndex, neighbour.Address!, neighbour.Mac!.Value);
            changes++;
        }

        var wanted = plan.Routes.Select(r => Spec(r, r.Device is null ? 0 : links.TryGetValue(r.Device, out var link) ? link.Index : -1)).Where(r => r.LinkIndex >= 0).ToArray();
        var held = routes.ToLookup(r => (r.Destination, r.Metric));
        foreach (var route in wanted.Where(w => !held[(w.Destination, w.Metric)].Any(r => Same(r, w))))
        {
            batch.ReplaceRoute(route);
            changes++;
        }

        var wantedAt = wanted.Select(w => (w.Destination, w.Metric)).ToHashSet();
        foreach (var stale in routes.Where(r => !wantedAt.Contains((r.Destination, r.Metric))))
        {
            batch.DeleteRoute(stale);
            changes++;
        }

        var wantedNear = wantedNeighbours.ToLookup(w => w.Address);
        foreach (var stale in neighbours.Where(n => n.IsPermanent && n is { Mac: not null, Address: not null } && !wantedNear[n.Address].Any(w => Same(w, n))))
        {
            // A replaced entry has the new content by now.
            if (stale.IsForwarding)
                batch.DeleteForwarding(stale.LinkIndex, stale.Mac!.Value, stale.Address!);
            else if (!wantedNear[stale.Address].Any(w => !w.IsForwarding && w.LinkIndex == stale.LinkIndex))
                batch.DeleteNeighbour(stale.LinkIndex, stale.Address!);
            else
                continue;
            changes++;
        }
        batch.Send();
        return changes;
    }

    internal static RouteSpec Spec(PlannedRoute route, int link)
    {
        var v6 = route.Destination.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;
        return route.IsUnreachable
            ? new RouteSpec(route.Destination) { Type = RouteType.Unreachable, Protocol = Protocol, Metric = RefusalMetric }
            : new RouteSpec(route.Destination)
            {
                Gateway = route.Gateway, LinkIndex = link, OnLink = route.OnLink, Mtu = route.Mtu, Source = route.Source, Protocol = Protocol, Metric = v6 ? DefaultMetric6 : 0,
            };
    }

    private static IEnumerable<Neighbour> Neighbours(TunnelPeer peer, int link)
    {
        var mac = Mac(peer.Mac);
        return peer.NextHops.Select(hop => new Neighbour(link, hop, mac, 0, false)).Append(new Neighbour(link, peer.Remote, mac, 0, true));
    }

    private static bool Same(Neighbour a, Neighbour b) =>
        a.LinkIndex == b.LinkIndex && a.IsForwarding == b.IsForwarding && a.Mac == b.Mac && Equals(a.Address, b.Address);

    private static bool Same(RouteSpec held, RouteSpec wanted) =>
        held.Destination.Equals(wanted.Destination) && held.Type == wanted.Type && held.Metric == wanted.Metric && Equals(held.Gateway, wanted.Gateway)
        && (wanted.Type != RouteType.Unicast || (held.LinkIndex == wanted.LinkIndex && held.Mtu == wanted.Mtu && held.OnLink == wanted.OnLink && Equals(held.Source, wanted.Source)));

    private static bool IsOurs(Link link) => link is { Kind: "vxlan", Name: Vtep.Device or Vtep.Device6 };

    private static int Bits(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;

    private static MacAddress Mac(string text) => MacAddress.TryParse(text, out var mac) ? mac : throw new FormatException($"{text} is no MAC address");
}
