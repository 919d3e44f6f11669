namespace Vitrine.Linux.Nft;

/// <summary>Where a base chain is called; NF_INET_* of linux/netfilter.h.</summary>
public enum NftHook : byte
{
    Prerouting = 0,
    Input = 1,
    Forward = 2,
    Output = 3,
    Postrouting = 4,
}
