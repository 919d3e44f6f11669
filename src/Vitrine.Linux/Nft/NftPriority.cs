namespace Vitrine.Linux.Nft;

/// <summary>The order of base chains at one hook, lower first; NF_IP_PRI_* of linux/netfilter_ipv4.h. Any other number will do as well.</summary>
public static class NftPriority
{
    public const int Raw = -300;
    public const int Mangle = -150;
    public const int DestinationNat = -100;
    public const int Filter = 0;
    public const int Security = 50;
    public const int SourceNat = 100;
}
