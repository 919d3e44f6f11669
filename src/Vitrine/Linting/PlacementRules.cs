using Vitrine.Manifests;

namespace Vitrine.Linting;

/// <summary>Pods that no node takes, as the scheduler's own plan has it.</summary>
internal static class PlacementRules
{
    public static IEnumerable<LintFinding> Check(DraftedCluster cluster) =>
        from pod in cluster.Pods
        where string.IsNullOrEmpty(pod.Pod.Status.PodIP)
        group pod by pod.Source into waiting
        select LintFinding.Of(waiting.Key, LintFinding.Warning, "not-placed", "", $"{waiting.Count()} of the {cluster.Pods.Count(p => p.Source == waiting.Key)} pods of {waiting.Key.Key} fit no node of a cluster with {cluster.Spec.Nodes.Count}: {waiting.First().Trouble}",
            "give the nodes what it asks for, ask for less, or say how many nodes there are: --nodes");
}
