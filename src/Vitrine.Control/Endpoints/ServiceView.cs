using k8s.Models;
using Vitrine.Control.Pods;

namespace Vitrine.Control.Endpoints;

/// <summary>All that the endpoints of one Service depend on, at one moment.</summary>
/// <param name="Service">Null when there is none of that name.</param>
/// <param name="Pods">Those its selector selects; empty without a selector.</param>
/// <param name="Nodes">By name.</param>
/// <param name="Slices">All slices that name it as their Service.</param>
/// <param name="Endpoints">Of its name, or null.</param>
internal sealed record ServiceView(V1Service? Service, IReadOnlyCollection<EndpointPod> Pods, IReadOnlyDictionary<string, EndpointNode> Nodes, IReadOnlyCollection<V1EndpointSlice> Slices, V1Endpoints? Endpoints)
{
    public IReadOnlyCollection<V1EndpointSlice> SlicesBy(string controller) => [.. Slices.Where(s => PodFacts.Label(s.Metadata, EndpointLabels.ManagedBy) == controller)];
}
