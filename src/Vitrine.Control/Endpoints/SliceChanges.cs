using k8s.Models;

namespace Vitrine.Control.Endpoints;

/// <summary>What to write so that a set of slices says what it should.</summary>
internal sealed record SliceChanges(IReadOnlyList<V1EndpointSlice> Create, IReadOnlyList<V1EndpointSlice> Update, IReadOnlyList<V1EndpointSlice> Delete)
{
    public bool IsEmpty => Create.Count + Update.Count + Delete.Count == 0;
}
