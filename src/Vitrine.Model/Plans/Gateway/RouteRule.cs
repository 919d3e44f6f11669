using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Gateway;

/// <summary>One rule: which requests, what is done to them, where they go.</summary>
/// <param name="Source">where it is written</param>
/// <param name="Match">which requests</param>
public sealed record RouteRule(RuleSource Source, RequestMatch Match)
{
    /// <summary>In the order they are done.</summary>
    public ImmutableArray<RouteFilter> Filters { get; init; } = [];

    /// <summary>Empty: 500 in a route of the Gateway API, unless a filter answers.</summary>
    public ImmutableArray<WeightedBackend> Backends { get; init; } = [];

    public RouteTimeouts Timeouts { get; init; } = new();

    public RouteRetry? Retry { get; init; }

    public RouteAffinity? Affinity { get; init; }

    /// <summary>The answer where no backend has an endpoint: 503; a route of the Gateway API with broken references says 500 by its backends.</summary>
    public int Unavailable { get; init; } = 503;
}
