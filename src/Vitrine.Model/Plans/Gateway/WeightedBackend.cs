using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Gateway;

/// <summary>One of the places a rule sends requests to.</summary>
/// <param name="Upstream">key of the upstream, or null where the reference is broken: its share of requests gets 500 (Gateway API)</param>
/// <param name="Weight">its part of the sum of all weights</param>
public sealed record WeightedBackend(string? Upstream, int Weight = 1)
{
    /// <summary>Only for requests that go here.</summary>
    public ImmutableArray<RouteFilter> Filters { get; init; } = [];
}
