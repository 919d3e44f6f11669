using System.Collections.Immutable;
using Vitrine.Linux.Nft;

namespace Vitrine.Dataplane.Apply.Policies;

/// <summary>What is in the table.</summary>
/// <param name="Chains">in no order</param>
/// <param name="Rules">those of one chain in their order</param>
/// <param name="Sets">in no order</param>
/// <param name="Counters">with what they counted</param>
internal sealed record PolicyReading(
    ImmutableArray<NftChain> Chains, ImmutableArray<(string Chain, string? Comment)> Rules, ImmutableArray<(NftSet Set, ImmutableArray<NftElement> Elements)> Sets,
    ImmutableArray<NftCounter> Counters);
