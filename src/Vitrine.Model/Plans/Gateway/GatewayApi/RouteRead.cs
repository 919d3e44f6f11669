using System.Collections.Immutable;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway.GatewayApi;

/// <summary>A route, read, and what that rests on: it stays as long as these do.</summary>
internal sealed record RouteRead(GatewayObject Route, Lookups Lookups, ImmutableDictionary<string, GatewayObject> Grants, ImmutableDictionary<string, GatewayObject> Policies, RouteReading Reading, ImmutableArray<RankedRule> Rules)
{
    public static RouteRead Of(GatewayObject route, ClusterSnapshot snapshot, Grants grants, BackendPolicies policies)
    {
        var lookups = new Lookups(snapshot);
        var reading = new RouteReading(route, lookups, grants, policies);
        return new RouteRead(route, lookups, snapshot.ReferenceGrants, snapshot.BackendTlsPolicies, reading, reading.Read());
    }

    public bool Holds(GatewayObject now, ClusterSnapshot snapshot) => Route.AsksTheSame(now) && ReferenceEquals(Grants, snapshot.ReferenceGrants) && ReferenceEquals(Policies, snapshot.BackendTlsPolicies) && Lookups.Hold(snapshot);
}
