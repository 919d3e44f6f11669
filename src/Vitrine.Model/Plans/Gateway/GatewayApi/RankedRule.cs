namespace Vitrine.Model.Plans.Gateway.GatewayApi;

/// <summary>A rule, and what its place among others goes by: HTTPRouteRule.matches and GRPCRouteRule.matches of the Gateway API.</summary>
/// <param name="Rule">for one match</param>
/// <param name="Route">its object's age and name</param>
/// <param name="Order">in its route: rule, then match</param>
/// <param name="Grpc">characters of the service and of the method; null for HTTP. The two never meet at one host</param>
internal sealed record RankedRule(RouteRule Rule, (DateTimeOffset Created, string Key) Route, int Order, (int Service, int Method)? Grpc = null) : IComparable<RankedRule>
{
    private int Kind => Rule.Match.Path.Kind switch { PathKind.Exact => 0, PathKind.Regex => 1, _ => 2 };

    /// <summary>For gRPC the longest service, then the longest method. For HTTP: exact, then an expression, then the longest prefix; a method; more headers; more parameters; the older route; by name; in order.</summary>
    public int CompareTo(RankedRule? other)
    {
        if (other is null)
            return 1;
        var by = Grpc is { } one && other.Grpc is { } two ? two.CompareTo(one) : Kind.CompareTo(other.Kind);
        by = by != 0 || Grpc is not null ? by : other.Rule.Match.Path.Value.Length.CompareTo(Rule.Match.Path.Value.Length);
        by = by != 0 ? by : (Rule.Match.Method is null).CompareTo(other.Rule.Match.Method is null);
        by = by != 0 ? by : other.Rule.Match.Headers.Length.CompareTo(Rule.Match.Headers.Length);
        by = by != 0 ? by : other.Rule.Match.Query.Length.CompareTo(Rule.Match.Query.Length);
        by = by != 0 ? by : Route.Created.CompareTo(other.Route.Created);
        by = by != 0 ? by : string.CompareOrdinal(Route.Key, other.Route.Key);
        return by != 0 ? by : Order.CompareTo(other.Order);
    }
}
