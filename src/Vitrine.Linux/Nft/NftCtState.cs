namespace Vitrine.Linux.Nft;

/// <summary>Bits of <c>ct state</c>: NF_CT_STATE_BIT of linux/netfilter/nf_conntrack_common.h.</summary>
[Flags]
public enum NftCtState
{
    Invalid = 1,
    Established = 2,
    Related = 4,
    New = 8,
    Untracked = 64,
}
