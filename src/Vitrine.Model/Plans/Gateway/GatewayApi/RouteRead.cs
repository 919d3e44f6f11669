using System.Collections.Immutable;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway.GatewayApi;

/// <summary>A route, read, and what that rests on: it stays as long as these do.</summary>
internal sealed record RouteRead(GatewayObject Route, Lookups Lookups, ImmutableDictionary<string, GatewayObject> Grants, RouteReading Reading, ImmutableArray<RankedRule> Rules)
{
    public static RouteRead Of(GatewayObject route, ClusterSnapshot snapshot, Grants grants)
    {
        var lookups = new Lookups(snapshot);
        var reading = new RouteReading(route, lookups, grants);
        return new RouteRead(route, lookups, snapshot.ReferenceGrants, reading, reading.Read());
    }

    public bool Holds(GatewayObject now, ClusterSnapshot snapshot) => Route.AsksTheSame(now) && ReferenceEquals(Grants, snapshot.ReferenceGrants) && Lookups.Hold(snapshot);
}
