namespace Vitrine.Linux.Nft;

/// <summary>What becomes of a packet; of linux/netfilter.h and enum nft_verdicts.</summary>
/// <param name="Code">NF_DROP 0, NF_ACCEPT 1, or a negative NFT_* number</param>
/// <param name="Chain">target of a jump or goto</param>
public sealed record NftVerdict(int Code, string? Chain = null)
{
    public static readonly NftVerdict Accept = new(1);
    public static readonly NftVerdict Drop = new(0);
    public static readonly NftVerdict Return = new(-5);

    public static NftVerdict Jump(string chain) => new(-3, chain);

    public static NftVerdict Goto(string chain) => new(-4, chain);

    public override string ToString() => Code switch
    {
        0 => "drop", 1 => "accept", -1 => "continue", -2 => "break", -3 => $"jump {Chain}", -4 => $"goto {Chain}", -5 => "return", _ => $"verdict {Code}",
    };
}
