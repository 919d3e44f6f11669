using k8s.Models;

namespace Vitrine.Manifests;

/// <summary>A pod as it would run.</summary>
/// <param name="Pod">with node, addresses and readiness</param>
/// <param name="Source">object of the files that makes it: a workload, or the pod itself</param>
/// <param name="Trouble">why it can never be ready; null where nothing is known to hinder it</param>
internal sealed record DraftedPod(V1Pod Pod, FileObject Source, string? Trouble)
{
    public string Key => $"{Pod.Metadata.NamespaceProperty}/{Pod.Metadata.Name}";
}
