using System.Collections.Immutable;

namespace Vitrine.Linux.Nft;

/// <summary>A rule as the kernel has it.</summary>
/// <param name="Table">where it is</param>
/// <param name="Chain">where it is</param>
/// <param name="Handle">the kernel's number for it, also in traces</param>
/// <param name="Comment">null for none</param>
/// <param name="Packets">what its counter counted, null without one</param>
/// <param name="Bytes">likewise</param>
public sealed record NftDumpedRule(NftTable Table, string Chain, ulong Handle, string? Comment, ulong? Packets, ulong? Bytes)
{
    internal ImmutableArray<NftExpression> Expressions { get; init; } = [];
}
