using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Vitrine.Linux.Netlink;

/// <summary>One route. The family is the destination's; the default routes are 0.0.0.0/0 and ::/0.</summary>
/// <param name="Destination">prefix with its host bits zero</param>
public sealed record RouteSpec(IPNetwork Destination)
{
    public RouteType Type { get; init; } = RouteType.Unicast;

    /// <summary>Next hop, or null for a destination on the link itself.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>Output interface, 0 for none (blackhole) or to let the kernel find it from the gateway.</summary>
    public int LinkIndex { get; init; }

    /// <summary>Null takes link scope for an IPv4 unicast route without a gateway and universe otherwise, as ip-route(8) does.</summary>
    public RouteScope? Scope { get; init; }

    /// <summary>Source address of packets of our own.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>The gateway is taken as reachable on the link although no address says so.</summary>
    public bool OnLink { get; init; }

    /// <summary>RTA_PRIORITY; 0 leaves the kernel's default (0 for IPv4, 1024 for IPv6).</summary>
    public uint Metric { get; init; }

    /// <summary>RTA_TABLE; 254 is main.</summary>
    public uint Table { get; init; } = Rtnl.RT_TABLE_MAIN;

    /// <summary>RTAX_MTU in bytes, 0 for none.</summary>
    public int Mtu { get; init; }

    /// <summary>rtm_protocol, who made the route: 2 kernel, 3 boot, 4 static.</summary>
    public byte Protocol { get; init; } = Rtnl.RTPROT_BOOT;

    /// <summary>A route that drops what nothing more specific matches, so that a range never leaves by the default route.</summary>
    public static RouteSpec Blackhole(IPNetwork destination) => new(destination) { Type = RouteType.Blackhole };

    internal byte Family => (byte)(Destination.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6 ? Rtnl.AF_INET6 : Rtnl.AF_INET);

    internal RouteScope EffectiveScope =>
        Scope ?? (Type == RouteType.Unicast && Gateway is null && Family == Rtnl.AF_INET ? RouteScope.Link : RouteScope.Universe);

    /// <summary>struct rtmsg: family, dst_len, src_len, tos, table, protocol, scope, type, flags.</summary>
    internal static RouteSpec Read(ReadOnlySpan<byte> body)
    {
        var v6 = body[0] == Rtnl.AF_INET6;
        IPAddress? destination = null, gateway = null, source = null;
        int oif = 0, mtu = 0;
        uint metric = 0, table = body[4];
        var attributes = new AttributeReader(body[Rtnl.RtmsgSize..]);
        while (attributes.Next())
            switch (attributes.Type)
            {
                case Rtnl.RTA_DST: destination = attributes.Address; break;
                case Rtnl.RTA_GATEWAY: gateway = attributes.Address; break;
                case Rtnl.RTA_PREFSRC: source = attributes.Address; break;
                case Rtnl.RTA_OIF: oif = (int)attributes.UInt32; break;
                case Rtnl.RTA_PRIORITY: metric = attributes.UInt32; break;
                case Rtnl.RTA_TABLE: table = attributes.UInt32; break;
                case Rtnl.RTA_METRICS:
                    var metrics = new AttributeReader(attributes.Value);
                    while (metrics.Next())
                        if (metrics.Type == Rtnl.RTAX_MTU)
                            mtu = (int)metrics.UInt32;
                    break;
            }
        return new RouteSpec(new IPNetwork(destination ?? (v6 ? IPAddress.IPv6Any : IPAddress.Any), body[1]))
        {
            Type = (RouteType)body[7], Gateway = gateway, LinkIndex = oif, Scope = (RouteScope)body[6], Source = source, Metric = metric, Table = table, Mtu = mtu,
            Protocol = body[5], OnLink = (MemoryMarshal.Read<uint>(body[8..]) & Rtnl.RTNH_F_ONLINK) != 0,
        };
    }
}
