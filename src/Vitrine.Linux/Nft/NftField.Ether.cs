namespace Vitrine.Linux.Nft;

/// <summary>
/// What a frame holds, for tables that see frames before or beside IP: the bridge family, where <c>meta nfproto</c> says nothing. They depend on
/// <c>meta protocol</c> instead, which the inet family knows as well.
/// </summary>
public sealed partial class NftField
{
    private const uint LinkLayerHeader = 0;
    private const byte IcmpV6 = 58;

    public static NftField EtherType { get; } = Meta("meta protocol", NftType.EtherType, 1);

    /// <summary>ARPHRD_*: whether there is an Ethernet header at all. In the bridge family there is.</summary>
    public static NftField InInterfaceType { get; } = Meta("meta iiftype", NftType.InterfaceType, 8);
    public static NftField EtherSource { get; } =
        new("ether saddr", NftType.EtherAddress, to => NftExpression.Payload(LinkLayerHeader, 6, 6, to), InInterfaceType, [1, 0]) { Family = NftFamily.Bridge };
    public static NftField FrameIp4Source { get; } = InFrame("ip saddr", NftType.Ip4Address, 12, 0x0800);
    public static NftField FrameIp6Source { get; } = InFrame("ip6 saddr", NftType.Ip6Address, 8, 0x86dd);

    // RFC 826 with Ethernet and IPv4: an eight-byte head, sender's hardware address, sender's protocol address.
    public static NftField ArpSenderMac { get; } = InFrame("arp saddr ether", NftType.EtherAddress, 8, 0x0806);
    public static NftField ArpSenderAddress { get; } = InFrame("arp saddr ip", NftType.Ip4Address, 14, 0x0806);

    // Made when asked for: the order of initializers over the files of one class is nobody's promise, and these need L4Protocol.
    private static NftField? icmp6Type, neighbourTarget;

    public static NftField Icmp6Type => icmp6Type ??= new("icmpv6 type", NftType.Icmp6Type, to => NftExpression.Payload(TransportHeader, 0, 1, to), L4Protocol, [IcmpV6]);

    /// <summary>The address a neighbour solicitation or advertisement is about (RFC 4861, 4.3 and 4.4).</summary>
    public static NftField NeighbourTarget => neighbourTarget ??=
        new("@th,64,128", NftType.Ip6Address, to => NftExpression.Payload(TransportHeader, 8, 16, to), L4Protocol, [IcmpV6]);

    private static NftField InFrame(string text, NftType type, uint offset, ushort etherType) =>
        new(text, type, to => NftExpression.Payload(NetworkHeader, offset, (uint)type.Size, to), EtherType, [(byte)(etherType >> 8), (byte)etherType]);
}
