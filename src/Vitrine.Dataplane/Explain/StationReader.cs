using System.Collections.Immutable;
using System.Net;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Linux.Sockets;
using Vitrine.Model.Explain;
using Vitrine.Model.Plans;

namespace Vitrine.Dataplane.Explain;

/// <summary>Reads a network namespace as a packet meets it.</summary>
public static class StationReader
{
    private const uint MainTable = 254;
    private const int ProtocolTcp = 6;
    private const ushort Failed = 0x20;

    /// <param name="name">as <see cref="Station.Name"/></param>
    /// <param name="netns">what to read; it is not changed</param>
    /// <param name="towards">destination whose learnt path MTU matters</param>
    public static Station Read(string name, NetnsHandle netns, IPAddress? towards = null)
    {
        using var socket = RtnetlinkSocket.OpenIn(netns);
        var addresses = socket.ListAddresses().ToLookup(a => a.LinkIndex);
        var links = socket.ListLinks();
        var names = links.ToDictionary(l => l.Index, l => l.Name);
        var (strict, forwards4, forwards6, connections) = netns.Run(() => (
            links.ToDictionary(l => l.Name, l => Math.Max(Number("ipv4/conf/all/rp_filter"), Number($"ipv4/conf/{l.Name}/rp_filter")) == 1),
            Number("ipv4/ip_forward") == 1, Number("ipv6/conf/all/forwarding") == 1,
            Connections()));
        return new Station(name)
        {
            Observed = true,
            Links = [.. links.Select(l => Link(l, addresses[l.Index], strict[l.Name]))],
            Routes = [.. socket.ListRoutes().Where(r => r.Table == MainTable && Kind(r.Type) is not null).Select(r => Route(r, names))],
            Listeners = [.. SocketTable.Read(netns).Select(s => new Listener(s.Protocol == ProtocolTcp ? Transport.Tcp : Transport.Udp, s.Local.Address, s.Local.Port, s.OnlyV6))],
            LearntMtu = towards is not null && Learnt(socket, towards) is > 0 and var mtu ? ImmutableDictionary<IPAddress, int>.Empty.Add(towards, mtu) : ImmutableDictionary<IPAddress, int>.Empty,
            Connections = connections,
            Forwards4 = forwards4,
            Forwards6 = forwards6,
            Silent = [.. socket.ListNeighbours().Where(n => n is { IsForwarding: false, Address: not null } && (n.State & Failed) != 0).Select(n => n.Address!)],
        };
    }

    /// <summary>What a node's route plan has to know of its links; what its agent itself looks at.</summary>
    public static NodeLinks Links(NetnsHandle netns) => netns.Run(() =>
    {
        using var socket = RtnetlinkSocket.Open();
        return Apply.LinkFacts.Read(socket);
    });

    /// <summary>Of the calling thread's namespace; null where nothing was ever tracked.</summary>
    public static ConnectionTable? Connections() => Number("netfilter/nf_conntrack_count") is > 0 and var used ? new ConnectionTable(used, Number("netfilter/nf_conntrack_max")) : null;

    private static int Learnt(RtnetlinkSocket socket, IPAddress towards)
    {
        try
        {
            return socket.FindRoute(new RouteLookup(towards)).Mtu;
        }
        catch (NetlinkException)
        {
            // No way there, which the walk finds out by itself.
            return 0;
        }
    }

    private static StationLink Link(Link link, IEnumerable<LinkAddress> addresses, bool strict) => new(link.Index, link.Name, link.Mtu)
    {
        Up = link.IsUp, Kind = link.Kind, PeerIndex = link.PeerIndex, Alias = link.Alias, StrictReversePath = strict,
        Addresses = [.. addresses.Where(a => !a.Address.IsIPv6LinkLocal).Select(a => LinkNetwork.Of(a.Address, a.PrefixLength))],
    };

    private static StationRoute Route(RouteSpec route, Dictionary<int, string> names) => new(route.Destination, Kind(route.Type)!.Value)
    {
        // Refusals of IPv6 are bound to the loopback, which says nothing.
        Device = route.Type == RouteType.Unicast ? names.GetValueOrDefault(route.LinkIndex) : null,
        Gateway = route.Gateway, Metric = route.Metric, Mtu = route.Mtu, Source = route.Source, OnLink = route.OnLink,
    };

    private static RouteKind? Kind(RouteType type) => type switch
    {
        RouteType.Unicast => RouteKind.Unicast,
        RouteType.Blackhole => RouteKind.Blackhole,
        RouteType.Unreachable => RouteKind.Unreachable,
        RouteType.Prohibit => RouteKind.Prohibit,
        _ => null,
    };

    private static int Number(string sysctl) => int.TryParse(NetSysctl.Read(sysctl), out var value) ? value : 0;
}
