using System.Runtime.InteropServices;

namespace Vitrine.Linux.Nft;

/// <summary>Something of a packet that a rule can look at, under the name nft(8) gives it.</summary>
public sealed partial class NftField
{
    private const uint NetworkHeader = 1, TransportHeader = 2;
    private readonly Func<NftRegister, NftExpression[]> load;

    private NftField(string text, NftType type, Func<NftRegister, NftExpression> load, NftField? requires = null, byte[]? required = null)
        : this(text, type, to => [load(to)], requires, required)
    {
    }

    private NftField(string text, NftType type, Func<NftRegister, NftExpression[]> load, NftField? requires, byte[]? required)
    {
        Text = text;
        Type = type;
        this.load = load;
        Requires = requires;
        Required = required;
    }

    public static NftField NfProto { get; } = Meta("meta nfproto", NftType.NfProto, 15);
    public static NftField L4Protocol { get; } = Meta("meta l4proto", NftType.Protocol, 16);
    public static NftField Mark { get; } = Meta("meta mark", NftType.Mark, 3);

    /// <summary>fsgid of the process that opened the socket a packet is sent by; no match where there is no socket any more.</summary>
    public static NftField SocketGroup { get; } = Meta("meta skgid", NftType.Group, 11);
    public static NftField InInterface { get; } = Meta("iifname", NftType.InterfaceName, 6);
    public static NftField OutInterface { get; } = Meta("oifname", NftType.InterfaceName, 7);
    public static NftField Ip4Source { get; } = Ip("ip saddr", NftFamily.Ip, NftType.Ip4Address, 12);
    public static NftField Ip4Destination { get; } = Ip("ip daddr", NftFamily.Ip, NftType.Ip4Address, 16);
    public static NftField Ip6Source { get; } = Ip("ip6 saddr", NftFamily.Ip6, NftType.Ip6Address, 8);
    public static NftField Ip6Destination { get; } = Ip("ip6 daddr", NftFamily.Ip6, NftType.Ip6Address, 24);

    /// <summary>Of TCP, UDP, SCTP: they have it in one place.</summary>
    public static NftField SourcePort { get; } = Port("th sport", 0, null);
    public static NftField DestinationPort { get; } = Port("th dport", 2, null);
    public static NftField TcpSourcePort { get; } = Port("tcp sport", 0, 6);
    public static NftField TcpDestinationPort { get; } = Port("tcp dport", 2, 6);
    public static NftField UdpSourcePort { get; } = Port("udp sport", 0, 17);
    public static NftField UdpDestinationPort { get; } = Port("udp dport", 2, 17);

    /// <summary>Of an echo: its sender knows the answer by it.</summary>
    public static NftField IcmpId { get; } = Port("icmp id", 4, 1);
    public static NftField Icmp6Id { get; } = Port("icmpv6 id", 4, 58);

    /// <summary>Bits of <see cref="NftCtState"/>.</summary>
    public static NftField CtState { get; } = new("ct state", NftType.CtState, to => NftExpression.Ct(0, to));

    /// <summary>Which way a packet of a connection goes: 0 as its first one, 1 the other way. No match for a packet that is tracked by nobody.</summary>
    public static NftField CtDirection { get; } = new("ct direction", NftType.CtDirection, to => NftExpression.Ct(1, to));

    /// <summary>Bits IPS_* of linux/netfilter/nf_conntrack_common.h.</summary>
    public static NftField CtStatus { get; } = new("ct status", NftType.CtStatus, to => NftExpression.Ct(2, to));
    public static NftField CtMark { get; } = new("ct mark", NftType.Mark, to => NftExpression.Ct(3, to));

    /// <summary>What the routing tables say of the destination: RTN_*, 2 for an address of this host.</summary>
    public static NftField DestinationType { get; } = new("fib daddr type", NftType.AddressType, to => NftExpression.Fib(flags: 2, result: 3, to));

    public string Text { get; }

    public NftType Type { get; }

    /// <summary>The field that must hold <see cref="Required"/> before this one means anything, unless the table's family says so.</summary>
    internal NftField? Requires { get; }

    internal byte[]? Required { get; }

    internal NftFamily? Family { get; private init; }

    /// <summary>A number below <paramref name="modulus"/>, new for each packet; in the machine's byte order.</summary>
    public static NftField Random(uint modulus) => new($"numgen random mod {modulus}", NftType.Mark, to => NftExpression.Random(modulus, to));

    internal NftExpression[] Load(NftRegister to) => load(to);

    private static NftField Meta(string text, NftType type, uint key) => new(text, type, to => NftExpression.Meta(key, to));

    private static NftField Ip(string text, NftFamily family, NftType type, uint offset) =>
        new(text, type, to => NftExpression.Payload(NetworkHeader, offset, (uint)type.Size, to), NfProto, [(byte)family]) { Family = family };

    private static NftField Port(string text, uint offset, byte? protocol) =>
        new(text, NftType.Port, to => NftExpression.Payload(TransportHeader, offset, 2, to), protocol is null ? null : L4Protocol, protocol is { } p ? [p] : null);

    /// <summary>Bytes of a number in the machine's order.</summary>
    internal static byte[] Native(uint value)
    {
        var bytes = new byte[4];
        MemoryMarshal.Write(bytes, value);
        return bytes;
    }
}
