namespace Vitrine.Linux.Nft;

/// <summary>The packets a table sees; NFPROTO_* of linux/netfilter.h.</summary>
public enum NftFamily : byte
{
    /// <summary>IPv4 and IPv6.</summary>
    Inet = 1,
    Ip = 2,
    Arp = 3,
    Netdev = 5,
    Bridge = 7,
    Ip6 = 10,
}
