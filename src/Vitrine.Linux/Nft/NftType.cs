namespace Vitrine.Linux.Nft;

/// <summary>A data type of nft(8): how a set's bytes are shown to people. Numbers are those of nftables' include/datatype.h; the kernel only stores them.</summary>
/// <param name="Name">as in <c>type ipv4_addr</c></param>
/// <param name="Number">below 64</param>
/// <param name="Size">bytes, unpadded</param>
/// <param name="HostOrder">the value is in the machine's byte order</param>
public sealed record NftType(string Name, uint Number, int Size, bool HostOrder = false)
{
    public static readonly NftType NfProto = new("nf_proto", 2, 1);
    public static readonly NftType Ip4Address = new("ipv4_addr", 7, 4);
    public static readonly NftType Ip6Address = new("ipv6_addr", 8, 16);
    public static readonly NftType EtherAddress = new("ether_addr", 9, 6);
    public static readonly NftType EtherType = new("ether_type", 10, 2);
    public static readonly NftType Protocol = new("inet_proto", 12, 1);
    public static readonly NftType Port = new("inet_service", 13, 2);
    public static readonly NftType IcmpType = new("icmp_type", 14, 1);
    public static readonly NftType TcpFlags = new("tcp_flag", 15, 1);
    public static readonly NftType Mark = new("mark", 19, 4, HostOrder: true);
    public static readonly NftType InterfaceType = new("iface_type", 21, 2, HostOrder: true);
    public static readonly NftType Group = new("gid", 25, 4, HostOrder: true);
    public static readonly NftType CtState = new("ct_state", 26, 4, HostOrder: true);
    public static readonly NftType CtDirection = new("ct_dir", 27, 1);
    public static readonly NftType CtStatus = new("ct_status", 28, 4, HostOrder: true);
    public static readonly NftType Icmp6Type = new("icmpv6_type", 29, 1);
    public static readonly NftType AddressType = new("fib_addrtype", 38, 4, HostOrder: true);
    public static readonly NftType InterfaceName = new("ifname", 41, 16, HostOrder: true);

    // enum datatypes: each part of a concatenation takes six bits, the first the highest.
    private const int TypeBits = 6;

    /// <summary>Size in a register or a key: parts start at multiples of four bytes.</summary>
    internal int PaddedSize => (Size + 3) & ~3;

    internal static uint NumberOf(IEnumerable<NftType> parts) => parts.Aggregate(0u, (sum, part) => sum << TypeBits | part.Number);

    internal static int SizeOf(IReadOnlyList<NftType> parts) => parts.Count == 1 ? parts[0].Size : parts.Sum(p => p.PaddedSize);
}
