using Vitrine.Linux.Netns;

namespace Vitrine.Linux.Netlink;

/// <summary>Hears what changes of links, addresses, routes and neighbours, whoever changes it.</summary>
public sealed class RtnetlinkEvents : IDisposable
{
    private readonly NetlinkListener listener = new(
        Rtnl.NETLINK_ROUTE, Rtnl.RTNLGRP_LINK, Rtnl.RTNLGRP_NEIGH, Rtnl.RTNLGRP_IPV4_IFADDR, Rtnl.RTNLGRP_IPV4_ROUTE, Rtnl.RTNLGRP_IPV6_IFADDR, Rtnl.RTNLGRP_IPV6_ROUTE);

    private RtnetlinkEvents()
    {
    }

    /// <summary>Listens to the namespace of the calling thread, from now on.</summary>
    public static RtnetlinkEvents Open() => new();

    public static RtnetlinkEvents OpenIn(NetnsHandle netns) => netns.Run(Open);

    /// <summary>The next events; null when some were lost, so that anything may have changed.</summary>
    public async ValueTask<IReadOnlyList<RtnetlinkEvent>?> ReadAsync(CancellationToken ct)
    {
        var datagram = await listener.ReadAsync(ct).ConfigureAwait(false);
        return datagram.IsEmpty ? null : Read(datagram.Span);
    }

    public void Dispose() => listener.Dispose();

    internal static List<RtnetlinkEvent> Read(ReadOnlySpan<byte> datagram)
    {
        var events = new List<RtnetlinkEvent>();
        var reader = new NetlinkMessageReader(datagram);
        while (reader.Next())
            if (RtnetlinkEvent.Read(reader.Type, reader.Body) is { } change)
                events.Add(change);
        return events;
    }
}
