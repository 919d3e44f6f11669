using Vitrine.Agent.Pods;

namespace Vitrine.Agent.Eviction;

/// <summary>
/// Who goes first (https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/): who uses more than he asked for, then the lower priority,
/// then whoever is furthest above his request. What the system cannot do without never goes.
/// </summary>
internal static class EvictionOrder
{
    public static IReadOnlyList<PodLoad> Of(IEnumerable<PodLoad> pods) =>
        [.. pods.Where(p => !PodAdmission.IsCritical(p.Pod))
            .OrderByDescending(p => p.Used > p.Requested)
            .ThenBy(p => p.Pod.Spec.Priority ?? 0)
            .ThenByDescending(p => p.Used - p.Requested)];
}
