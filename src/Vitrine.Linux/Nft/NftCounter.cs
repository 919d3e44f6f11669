namespace Vitrine.Linux.Nft;

/// <summary>A counter with a name, in which any number of rules may count.</summary>
/// <param name="Table">where it is</param>
/// <param name="Name">a letter, then letters, digits and / - _ . as nft(8) reads it; at most 255 bytes</param>
/// <param name="Packets">counted so far</param>
/// <param name="Bytes">likewise</param>
public sealed record NftCounter(NftTable Table, string Name, ulong Packets = 0, ulong Bytes = 0);
