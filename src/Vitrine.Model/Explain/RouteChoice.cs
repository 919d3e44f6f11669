using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Plans;

namespace Vitrine.Model.Explain;

/// <summary>The route a packet takes, and those that would have matched too.</summary>
/// <param name="Route">null when none matches</param>
/// <param name="Lost">each with why</param>
internal sealed record RouteChoice(StationRoute? Route, ImmutableArray<string> Lost)
{
    /// <summary>Longest prefix, then lowest metric, as the kernel does; policy rules are not ours.</summary>
    internal static RouteChoice Of(Station station, IPAddress to)
    {
        var matching = station.Routes.Where(r => r.Family == to.AddressFamily && r.Destination.Contains(to))
            .OrderByDescending(r => r.Destination.PrefixLength).ThenBy(r => r.Metric).ToArray();
        return matching is [var first, .. var rest]
            ? new RouteChoice(first, [.. rest.Select(r => $"{r}: {(r.Destination.PrefixLength < first.Destination.PrefixLength ? "less specific" : "higher metric")}")])
            : new RouteChoice(null, []);
    }

    /// <summary>What the plan wants for an address and the station does not have; null when all is as planned.</summary>
    internal static PlannedRoute? Missing(RoutePlan? plan, Station station, IPAddress to) =>
        plan is null || !station.Observed ? null : plan.Routes.FirstOrDefault(p => !p.IsUnreachable && p.Destination.Contains(to) && !station.Routes.Any(r => Same(r, p)));

    private static bool Same(StationRoute route, PlannedRoute planned) =>
        route.Destination.Equals(planned.Destination) && Equals(route.Gateway, planned.Gateway) && route.Device == planned.Device;
}
