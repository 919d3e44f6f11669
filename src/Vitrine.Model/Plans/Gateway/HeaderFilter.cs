using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Gateway;

/// <summary>Changes headers of the request or of the answer: first removes, then sets, then adds.</summary>
/// <param name="OfResponse">the answer's</param>
public sealed record HeaderFilter(bool OfResponse) : RouteFilter
{
    public ImmutableArray<HeaderValue> Set { get; init; } = [];

    public ImmutableArray<HeaderValue> Add { get; init; } = [];

    public ImmutableArray<string> Remove { get; init; } = [];
}
