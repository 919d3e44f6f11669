using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Gateway;

/// <summary>
/// What the gateway serves, as a function of a snapshot: the proxy renders it, explain walks it. Every rule knows the object and field it came from.
/// </summary>
public sealed record GatewayPlan
{
    public static readonly GatewayPlan Empty = new();

    public ImmutableArray<PlannedListener> Listeners { get; init; } = [];

    /// <summary>By key.</summary>
    public ImmutableDictionary<string, Upstream> Upstreams { get; init; } = ImmutableDictionary<string, Upstream>.Empty;

    /// <summary>One bad route does not stop the others; it is listed here.</summary>
    public ImmutableArray<GatewayProblem> Problems { get; init; } = [];

    /// <summary>True where the other came from the same compiler and nothing changed in between.</summary>
    public bool IsSame(GatewayPlan other) => Listeners == other.Listeners && ReferenceEquals(Upstreams, other.Upstreams) && Problems.SequenceEqual(other.Problems);
}
