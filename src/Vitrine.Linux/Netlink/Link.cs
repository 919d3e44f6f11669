using System.Runtime.InteropServices;

namespace Vitrine.Linux.Netlink;

/// <summary>A network interface as RTM_GETLINK reports it.</summary>
/// <param name="Index">ifindex, unique in its namespace</param>
/// <param name="Name">at most 15 bytes</param>
/// <param name="Flags">IFF_* bits of linux/if.h</param>
/// <param name="Mtu">bytes</param>
/// <param name="Mac">null for links without an Ethernet address</param>
/// <param name="Master">ifindex of the bridge or other master, 0 for none</param>
/// <param name="PeerIndex">IFLA_LINK: of a veth, its peer's ifindex in the peer's namespace; 0 for none</param>
/// <param name="PeerNetnsId">nsid of the peer's namespace as ours knows it; null when it is the same namespace</param>
/// <param name="Group">IFLA_GROUP, 0 by default</param>
/// <param name="Kind"><c>veth</c>, <c>bridge</c> …; null for hardware and loopback</param>
/// <param name="Alias">free text, null when unset</param>
public sealed record Link(
    int Index, string Name, uint Flags, int Mtu, MacAddress? Mac, int Master, int PeerIndex, int? PeerNetnsId, uint Group, string? Kind, string? Alias)
{
    /// <summary>Of a link of kind <c>vxlan</c>: what it was made with.</summary>
    public VxlanSpec? Vxlan { get; init; }

    public bool IsUp => (Flags & Rtnl.IFF_UP) != 0;

    /// <summary>struct ifinfomsg and its attributes.</summary>
    internal static Link Read(ReadOnlySpan<byte> body)
    {
        var link = new Link(MemoryMarshal.Read<int>(body[4..]), "", MemoryMarshal.Read<uint>(body[8..]), 0, null, 0, 0, null, 0, null, null);
        var attributes = new AttributeReader(body[Rtnl.IfinfomsgSize..]);
        string name = "";
        string? kind = null, alias = null;
        int mtu = 0, master = 0, peer = 0;
        int? peerNetns = null;
        uint group = 0;
        MacAddress? mac = null;
        VxlanSpec? vxlan = null;
        while (attributes.Next())
            switch (attributes.Type)
            {
                case Rtnl.IFLA_IFNAME: name = attributes.String; break;
                case Rtnl.IFLA_IFALIAS: alias = attributes.String; break;
                case Rtnl.IFLA_MTU: mtu = (int)attributes.UInt32; break;
                case Rtnl.IFLA_MASTER: master = (int)attributes.UInt32; break;
                case Rtnl.IFLA_LINK: peer = (int)attributes.UInt32; break;
                case Rtnl.IFLA_LINK_NETNSID: peerNetns = (int)attributes.UInt32; break;
                case Rtnl.IFLA_GROUP: group = attributes.UInt32; break;
                case Rtnl.IFLA_ADDRESS when attributes.Value.Length == MacAddress.Length: mac = MacAddress.Read(attributes.Value); break;
                case Rtnl.IFLA_LINKINFO: (kind, vxlan) = ReadKind(attributes.Value); break;
            }
        return link with
        {
            Name = name, Alias = alias, Mtu = mtu, Master = master, PeerIndex = peer, PeerNetnsId = peerNetns, Group = group, Mac = mac, Kind = kind,
            Vxlan = vxlan is null ? null : vxlan with { Name = name, Mac = mac, Mtu = mtu },
        };
    }

    private static (string?, VxlanSpec?) ReadKind(ReadOnlySpan<byte> linkInfo)
    {
        string? kind = null;
        ReadOnlySpan<byte> own = default;
        var attributes = new AttributeReader(linkInfo);
        while (attributes.Next())
            if (attributes.Type == Rtnl.IFLA_INFO_KIND)
                kind = attributes.String;
            else if (attributes.Type == Rtnl.IFLA_INFO_DATA)
                own = attributes.Value;
        return (kind, kind == "vxlan" ? ReadVxlan(own) : null);
    }

    private static VxlanSpec ReadVxlan(ReadOnlySpan<byte> own)
    {
        int vni = 0, port = 0;
        System.Net.IPAddress? local = null;
        var attributes = new AttributeReader(own);
        while (attributes.Next())
            switch (attributes.Type)
            {
                case Rtnl.IFLA_VXLAN_ID: vni = (int)attributes.UInt32; break;
                case Rtnl.IFLA_VXLAN_PORT when attributes.Value.Length >= 2: port = attributes.Value[0] << 8 | attributes.Value[1]; break;
                case Rtnl.IFLA_VXLAN_LOCAL or Rtnl.IFLA_VXLAN_LOCAL6: local = attributes.Address; break;
            }
        return new VxlanSpec("", vni, port, local);
    }
}
