using System.Collections.Immutable;
using k8s.Models;
using Vitrine.Control.Pods;

namespace Vitrine.Control.Stateful;

/// <summary>A pod to make, of which revision.</summary>
internal readonly record struct StatefulPod(int Ordinal, string Revision);

/// <summary>
/// The next steps of a StatefulSet: pods are made in order, removed in reverse order and updated from the last down to the partition.
/// With OrderedReady each step waits for the one before; Parallel waits only when it updates.
/// </summary>
internal sealed record StatefulPlan(ImmutableArray<StatefulPod> Create, ImmutableArray<V1Pod> Delete, V1StatefulSetStatus Status, DateTime? NextAvailable)
{
    /// <param name="set">The StatefulSet.</param>
    /// <param name="pods">Its pods.</param>
    /// <param name="current">The revision the rollout comes from.</param>
    /// <param name="update">The revision of the present template.</param>
    /// <param name="now">The time of the look.</param>
    public static StatefulPlan Compile(V1StatefulSet set, IReadOnlyCollection<V1Pod> pods, string current, string update, DateTime now)
    {
        var status = Count(set, pods, current, update, now);
        var next = pods.Select(p => PodFacts.AvailableAt(p, set.Spec.MinReadySeconds ?? 0)).Where(at => at > now).Min();
        var plan = new StatefulPlan([], [], status, next);
        return set.Metadata.DeletionTimestamp is not null ? plan : new Steps(set, pods, current, update, now).Run(plan);
    }

    private static V1StatefulSetStatus Count(V1StatefulSet set, IReadOnlyCollection<V1Pod> pods, string current, string update, DateTime now)
    {
        var alive = pods.Where(p => StatefulPods.Ordinal(set, p) >= 0).ToArray();
        var status = new V1StatefulSetStatus
        {
            ObservedGeneration = set.Metadata.Generation,
            Replicas = alive.Length,
            ReadyReplicas = StatusCount.Of(alive.Count(IsReady)),
            AvailableReplicas = alive.Count(p => IsReady(p) && PodFacts.IsAvailable(p, set.Spec.MinReadySeconds ?? 0, now)),
            CurrentReplicas = StatusCount.Of(alive.Count(p => PodFacts.IsActive(p) && StatefulPods.RevisionOf(p) == current)),
            UpdatedReplicas = StatusCount.Of(alive.Count(p => PodFacts.IsActive(p) && StatefulPods.RevisionOf(p) == update)),
            CurrentRevision = current,
            UpdateRevision = update,
            CollisionCount = set.Status?.CollisionCount ?? 0,
        };

        // The rollout is over: what was the update is what there is.
        if (set.Spec.UpdateStrategy?.Type != "OnDelete" && (status.UpdatedReplicas ?? 0) == status.Replicas && (status.ReadyReplicas ?? 0) == status.Replicas)
        {
            status.CurrentRevision = update;
            status.CurrentReplicas = status.UpdatedReplicas;
        }

        return status;
    }

    private static bool IsReady(V1Pod pod) => pod.Status?.Phase == "Running" && PodFacts.IsReady(pod);

    private sealed class Steps(V1StatefulSet set, IReadOnlyCollection<V1Pod> pods, string current, string update, DateTime now)
    {
        private readonly int start = set.Spec.Ordinals?.Start ?? 0;
        private readonly int replicas = set.Spec.Replicas ?? 1;
        private readonly bool ordered = set.Spec.PodManagementPolicy != "Parallel";
        private readonly int partition = set.Spec.UpdateStrategy?.RollingUpdate?.Partition ?? 0;
        private readonly bool rolling = set.Spec.UpdateStrategy?.Type != "OnDelete";

        public StatefulPlan Run(StatefulPlan plan)
        {
            var byOrdinal = pods.Where(p => StatefulPods.Ordinal(set, p) >= 0).ToDictionary(p => StatefulPods.Ordinal(set, p));
            var create = ImmutableArray.CreateBuilder<StatefulPod>();
            var delete = ImmutableArray.CreateBuilder<V1Pod>();
            if (Fill(byOrdinal, create, delete) && Shrink(byOrdinal, delete))
            {
                Update(byOrdinal, delete);
            }

            return plan with { Create = create.ToImmutable(), Delete = delete.ToImmutable() };
        }

        /// <summary>Makes what is missing, first to last; false where an ordered set must wait.</summary>
        private bool Fill(Dictionary<int, V1Pod> byOrdinal, ImmutableArray<StatefulPod>.Builder create, ImmutableArray<V1Pod>.Builder delete)
        {
            for (var ordinal = start; ordinal < start + replicas; ordinal++)
            {
                if (!byOrdinal.TryGetValue(ordinal, out var pod))
                {
                    create.Add(new StatefulPod(ordinal, rolling && ordinal < start + Kept ? current : update));
                }
                else if (PodFacts.IsFinished(pod) && !PodFacts.IsTerminating(pod))
                {
                    // It is made again under its name when it is gone.
                    delete.Add(pod);
                }
                else if (!ordered || IsHealthy(pod))
                {
                    continue;
                }

                if (ordered)
                {
                    return false;
                }
            }

            return true;
        }

        /// <summary>How many of the first pods keep the current revision.</summary>
        private int Kept => set.Spec.UpdateStrategy?.RollingUpdate is null ? set.Status?.CurrentReplicas ?? 0 : partition;

        /// <summary>Removes what is too much, last to first; false where an ordered set must wait.</summary>
        private bool Shrink(Dictionary<int, V1Pod> byOrdinal, ImmutableArray<V1Pod>.Builder delete)
        {
            foreach (var (_, pod) in byOrdinal.Where(p => p.Key < start || p.Key >= start + replicas).OrderByDescending(p => p.Key))
            {
                if (!PodFacts.IsTerminating(pod))
                {
                    delete.Add(pod);
                }

                if (ordered)
                {
                    return false;
                }
            }

            return true;
        }

        /// <summary>Replaces one pod of an old revision, last to first, when all after it are well.</summary>
        private void Update(Dictionary<int, V1Pod> byOrdinal, ImmutableArray<V1Pod>.Builder delete)
        {
            for (var ordinal = start + replicas - 1; rolling && ordinal >= start + partition; ordinal--)
            {
                if (!byOrdinal.TryGetValue(ordinal, out var pod))
                {
                    return;
                }

                if (StatefulPods.RevisionOf(pod) != update && !PodFacts.IsTerminating(pod))
                {
                    if (!delete.Contains(pod))
                    {
                        delete.Add(pod);
                    }

                    return;
                }

                if (!IsHealthy(pod))
                {
                    return;
                }
            }
        }

        private bool IsHealthy(V1Pod pod) => IsReady(pod) && !PodFacts.IsTerminating(pod) && PodFacts.IsAvailable(pod, set.Spec.MinReadySeconds ?? 0, now);
    }
}
