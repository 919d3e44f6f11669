namespace Vitrine.Linux.Nft;

/// <summary>Names a table. What is in it is a <see cref="NftTableSpec"/>.</summary>
public readonly record struct NftTable(NftFamily Family, string Name)
{
    /// <summary>As nft(8) writes it: <c>inet filter</c>.</summary>
    public override string ToString() => $"{Family.ToString().ToLowerInvariant()} {Name}";
}
