using System.Collections.Immutable;

namespace Vitrine.Model.Snapshot;

/// <summary>A v1 Endpoints object, of an API without EndpointSlices.</summary>
/// <param name="Namespace">and the Service's</param>
/// <param name="Name">and the Service's</param>
/// <param name="Slices">none where it has no addresses</param>
public sealed record ServedEndpoints(string Namespace, string Name, ImmutableArray<EndpointSlice> Slices);
