using System.Collections.Immutable;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Services;

/// <summary>What one Service comes to on this node. Compiled anew only when the Service or one of its slices is another instance.</summary>
/// <param name="Service">the object</param>
/// <param name="Slices">its EndpointSlices by name</param>
public sealed record PlannedService(Service Service, ImmutableDictionary<string, EndpointSlice> Slices)
{
    public ImmutableArray<PlannedPort> Ports { get; init; } = [];

    /// <summary>What of it is left out, and why.</summary>
    public ImmutableArray<ServiceRefusal> Refusals { get; init; } = [];

    /// <summary>Null without a health-check node port.</summary>
    public ServiceHealth? Health { get; init; }

    public string Key => Service.Key;

    /// <summary>All front ends with the port they belong to.</summary>
    public IEnumerable<(PlannedPort Port, FrontEnd FrontEnd)> FrontEnds => Ports.SelectMany(p => p.FrontEnds.Select(f => (p, f)));
}
