namespace Vitrine.Linux.Nft;

/// <summary>A chain: a regular one, called by jumps and verdict maps, or with a <see cref="Hook"/> a base chain.</summary>
public sealed record NftChain(NftTable Table, string Name)
{
    /// <summary>Where packets enter; null for a regular chain.</summary>
    public NftHook? Hook { get; init; }

    /// <summary><c>filter</c>, <c>nat</c> or <c>route</c>.</summary>
    public string Type { get; init; } = "filter";

    /// <summary>See <see cref="NftPriority"/>.</summary>
    public int Priority { get; init; }

    /// <summary>A packet that reaches a base chain's end is dropped instead of accepted.</summary>
    public bool DropsByDefault { get; init; }

    public string? Comment { get; init; }
}
