using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>One step of the pods' history, as the API tells it.</summary>
/// <param name="All">With <see cref="PodChangeType.Listed"/>: everything there is; pods not in it are gone.</param>
internal sealed record PodChange(PodChangeType Type, V1Pod? Pod, IList<V1Pod>? All);
