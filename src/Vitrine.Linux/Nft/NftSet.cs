using System.Collections.Immutable;

namespace Vitrine.Linux.Nft;

/// <summary>A set, or with <see cref="Value"/> or <see cref="ToVerdicts"/> a map.</summary>
/// <param name="Table">where it is</param>
/// <param name="Name">unique in its table</param>
/// <param name="Key">one type, or the parts of a concatenation</param>
public sealed record NftSet(NftTable Table, string Name, ImmutableArray<NftType> Key)
{
    /// <summary>Types of a map's values; empty for a set.</summary>
    public ImmutableArray<NftType> Value { get; init; } = [];

    /// <summary>The map's values are verdicts.</summary>
    public bool ToVerdicts { get; init; }

    /// <summary>Elements are ranges. A single-part key may not overlap; a concatenation may have a range in each part.</summary>
    public bool Interval { get; init; }

    /// <summary>Elements may have a timeout.</summary>
    public bool Timeouts { get; init; }

    /// <summary>Rules may add elements.</summary>
    public bool Dynamic { get; init; }

    /// <summary>The most elements; 0 for no limit.</summary>
    public uint Size { get; init; }

    public string? Comment { get; init; }

    internal bool IsMap => ToVerdicts || !Value.IsEmpty;

    public bool Equals(NftSet? other) =>
        other is not null && Table == other.Table && Name == other.Name && Key.SequenceEqual(other.Key) && Value.SequenceEqual(other.Value) && ToVerdicts == other.ToVerdicts
        && Interval == other.Interval && Timeouts == other.Timeouts && Dynamic == other.Dynamic && Size == other.Size && Comment == other.Comment;

    public override int GetHashCode() => HashCode.Combine(Table, Name);
}
