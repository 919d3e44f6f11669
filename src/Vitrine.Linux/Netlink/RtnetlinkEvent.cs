using System.Runtime.InteropServices;

namespace Vitrine.Linux.Netlink;

/// <summary>Something that changed in a namespace.</summary>
/// <param name="Subject">what kind of thing</param>
/// <param name="Removed">it is gone; else it came or changed</param>
/// <param name="LinkIndex">its link, 0 for none; not of routes</param>
/// <param name="PrefixLength">of a route's destination</param>
public readonly record struct RtnetlinkEvent(RtnetlinkSubject Subject, bool Removed, int LinkIndex, int PrefixLength)
{
    internal static RtnetlinkEvent? Read(ushort type, ReadOnlySpan<byte> body) => type switch
    {
        Rtnl.RTM_NEWLINK or Rtnl.RTM_DELLINK => new(RtnetlinkSubject.Link, type == Rtnl.RTM_DELLINK, Index(body), 0),
        Rtnl.RTM_NEWADDR or Rtnl.RTM_DELADDR => new(RtnetlinkSubject.Address, type == Rtnl.RTM_DELADDR, Index(body), 0),
        Rtnl.RTM_NEWROUTE or Rtnl.RTM_DELROUTE when body.Length >= Rtnl.RtmsgSize => new(RtnetlinkSubject.Route, type == Rtnl.RTM_DELROUTE, 0, body[1]),
        Rtnl.RTM_NEWNEIGH or Rtnl.RTM_DELNEIGH => new(RtnetlinkSubject.Neighbour, type == Rtnl.RTM_DELNEIGH, Index(body), 0),
        _ => null,
    };

    private static int Index(ReadOnlySpan<byte> body) => body.Length >= 8 ? MemoryMarshal.Read<int>(body[4..]) : 0;
}
