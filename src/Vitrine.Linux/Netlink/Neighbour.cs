using System.Net;
using System.Runtime.InteropServices;

namespace Vitrine.Linux.Netlink;

/// <summary>An entry that says where an address is: of the neighbour table, or with <see cref="IsForwarding"/> of a link's forwarding database.</summary>
/// <param name="LinkIndex">on which link</param>
/// <param name="Address">IP address of the neighbour; for a forwarding entry the tunnel's other end</param>
/// <param name="Mac">null while unresolved</param>
/// <param name="State">NUD_* bits of linux/neighbour.h</param>
/// <param name="IsForwarding">an entry of a link's forwarding database</param>
public sealed record Neighbour(int LinkIndex, IPAddress? Address, MacAddress? Mac, ushort State, bool IsForwarding)
{
    public bool IsPermanent => (State & Rtnl.NUD_PERMANENT) != 0;

    /// <summary>As <c>ip neigh</c> names it.</summary>
    public string StateName => State switch
    {
        0x01 => "INCOMPLETE", 0x02 => "REACHABLE", 0x04 => "STALE", 0x08 => "DELAY", 0x10 => "PROBE", 0x20 => "FAILED", 0x40 => "NOARP", 0x80 => "PERMANENT", _ => $"state {State:x}",
    };

    /// <summary>struct ndmsg: family, pad (3), index (4), state (2), flags, type.</summary>
    internal static Neighbour Read(ReadOnlySpan<byte> body)
    {
        IPAddress? address = null;
        MacAddress? mac = null;
        var attributes = new AttributeReader(body[Rtnl.NdmsgSize..]);
        while (attributes.Next())
            if (attributes.Type == Rtnl.NDA_DST)
                address = attributes.Address;
            else if (attributes.Type == Rtnl.NDA_LLADDR && attributes.Value.Length == MacAddress.Length)
                mac = MacAddress.Read(attributes.Value);
        return new Neighbour(MemoryMarshal.Read<int>(body[4..]), address, mac, MemoryMarshal.Read<ushort>(body[8..]), body[0] == Rtnl.AF_BRIDGE);
    }
}
