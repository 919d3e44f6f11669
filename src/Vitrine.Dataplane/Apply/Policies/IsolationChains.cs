using System.Collections.Immutable;
using Vitrine.Linux.Nft;

namespace Vitrine.Dataplane.Apply.Policies;

/// <summary>What one isolation is in the kernel: never changed, only made and removed as a whole.</summary>
internal sealed record IsolationChains
{
    /// <summary>Of the chain for a connection's first way; starts the names of all that is here.</summary>
    public required string Name { get; init; }

    /// <summary>The chain for answers.</summary>
    public string Answers => AnswersOf(Name);

    /// <summary>The chains that pods lead to.</summary>
    public required ImmutableArray<NftChain> Entrances { get; init; }

    /// <summary>The others, each before those it leads to.</summary>
    public required ImmutableArray<NftChain> Chains { get; init; }

    public required ImmutableArray<NftRule> Rules { get; init; }

    /// <summary>Protocol and port → chain.</summary>
    public required ImmutableArray<(NftSet Map, ImmutableArray<NftElement> Elements)> Maps { get; init; }

    /// <summary>Keys of the peer groups whose sets the rules look into, and which sets these have: <see cref="PolicyRenderer.Shape"/>.</summary>
    public required ImmutableDictionary<string, string> Groups { get; init; }

    /// <summary>In which the rules count what they drop.</summary>
    public required ImmutableArray<string> Counters { get; init; }

    public static string AnswersOf(string name) => $"{name}-answers";
}
