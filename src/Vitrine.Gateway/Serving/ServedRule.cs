using System.Collections.Immutable;
using Vitrine.Gateway.Filters;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Serving;

/// <summary>A rule with its filters made ready, when a first request needs them: thousands of rules that nobody asks for cost nothing.</summary>
internal sealed class ServedRule(RouteRule rule)
{
    private readonly Dictionary<WeightedBackend, ImmutableArray<FilterStep>> ofBackends = rule.Backends.Where(b => !b.Filters.IsDefaultOrEmpty)
        .Distinct(ReferenceEqualityComparer.Instance).Cast<WeightedBackend>().ToDictionary(b => b, b => Steps(b.Filters, rule), ReferenceEqualityComparer.Instance as IEqualityComparer<WeightedBackend>);

    public RouteRule Rule { get; } = rule;

    /// <summary>The object it is written in.</summary>
    public string Owner { get; } = rule.Source.Owner;

    /// <summary>Nothing is done to its requests, and there is one place they go to.</summary>
    public bool IsPlain { get; } = rule.Filters.Length == 0 && rule.Affinity is null && rule.Backends is [{ Upstream: not null, Weight: > 0, Filters.IsDefaultOrEmpty: true }];

    public ImmutableArray<FilterStep> Filters { get; } = Steps(rule.Filters, rule);

    /// <summary>Any of its times is limited.</summary>
    public bool Timed { get; } = rule.Timeouts.Request is not null || rule.Timeouts.Backend is not null;

    public ImmutableArray<FilterStep> Of(WeightedBackend backend) => backend.Filters.IsDefaultOrEmpty ? [] : ofBackends[backend];

    private static ImmutableArray<FilterStep> Steps(ImmutableArray<RouteFilter> filters, RouteRule rule) => [.. filters.Select(f => FilterStep.Of(f, rule))];
}
