using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Gateway;

/// <summary>What a request must be for a rule to take it. All parts must hold.</summary>
public sealed record RequestMatch
{
    public PathMatch Path { get; init; } = PathMatch.All;

    /// <summary>Null for any.</summary>
    public string? Method { get; init; }

    public ImmutableArray<ValueMatch> Headers { get; init; } = [];

    public ImmutableArray<ValueMatch> Query { get; init; } = [];

    public ImmutableArray<ValueMatch> Cookies { get; init; } = [];
}
