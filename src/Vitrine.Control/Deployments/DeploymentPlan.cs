using System.Collections.Immutable;
using k8s.Models;

namespace Vitrine.Control.Deployments;

/// <summary>A ReplicaSet gets another size, other annotations, or both.</summary>
internal sealed record ReplicaSetChange(V1ReplicaSet Set, int Replicas, Dictionary<string, string> Annotations, int MinReadySeconds);

/// <summary>
/// The next step of a rollout. One step at a time: after each, the snapshot shows what the ReplicaSets made of it. The steps are
/// upstream's: keep the current set's annotations, scale in proportion when the Deployment's size changed or it is paused, else
/// recreate or roll; clean up the history when the rollout is complete.
/// </summary>
internal sealed record DeploymentPlan
{
    /// <summary>Make the current ReplicaSet with that size.</summary>
    public int? Create { get; init; }

    public ImmutableArray<ReplicaSetChange> Changes { get; init; } = [];

    /// <summary>Of the history, beyond revisionHistoryLimit.</summary>
    public ImmutableArray<V1ReplicaSet> Delete { get; init; } = [];

    /// <summary>The status tells of progress; not while paused or only scaled.</summary>
    public bool Progress { get; init; }

    /// <param name="rollout">The Deployment and its ReplicaSets.</param>
    /// <param name="running">Whether a ReplicaSet has pods that are not finished, terminating ones included.</param>
    public static DeploymentPlan Compile(Rollout rollout, Func<V1ReplicaSet, bool> running)
    {
        var deployment = rollout.Deployment;
        if (deployment.Metadata.DeletionTimestamp is not null)
        {
            return new DeploymentPlan();
        }

        var paused = deployment.Spec.Paused == true;
        if (paused || rollout.All.Any(r => Rollout.Size(r) > 0 && Annotations.DesiredOf(r.Metadata) is >= 0 and var desired && desired != rollout.Replicas))
        {
            var scaled = new DeploymentPlan { Changes = ProportionalScale.Compile(rollout) };
            return paused ? scaled with { Delete = History(rollout) } : scaled;
        }

        var plan = rollout.Rolling ? RollingStep.Compile(rollout) : RecreateStep.Compile(rollout, running);
        return plan with { Progress = true, Delete = plan.Delete.IsEmpty && IsComplete(rollout) ? History(rollout) : plan.Delete };
    }

    /// <summary>The change to a size, with the sizes annotated; null where nothing changes.</summary>
    public static ReplicaSetChange? Resize(Rollout rollout, V1ReplicaSet set, int replicas, Dictionary<string, string>? annotations = null)
    {
        var wanted = annotations ?? Pods.PodTemplates.Copy(set.Metadata.Annotations);
        Annotations.SetSizes(wanted, rollout.Replicas, rollout.Replicas + rollout.MaxSurge);
        var ready = set == rollout.Current ? rollout.Deployment.Spec.MinReadySeconds ?? 0 : set.Spec.MinReadySeconds ?? 0;
        return Rollout.Size(set) == replicas && (set.Spec.MinReadySeconds ?? 0) == ready && Annotations.Same(set.Metadata.Annotations, wanted)
            ? null
            : new ReplicaSetChange(set, replicas, wanted, ready);
    }

    private static bool IsComplete(Rollout rollout) =>
        rollout.Current is { } current
        && (current.Status?.Replicas ?? 0) == rollout.Replicas && Rollout.Available(current) == rollout.Replicas
        && rollout.Old.All(r => (r.Status?.Replicas ?? 0) == 0);

    /// <summary>The oldest revisions beyond the limit, of those that are empty and known to be.</summary>
    private static ImmutableArray<V1ReplicaSet> History(Rollout rollout)
    {
        if (rollout.Deployment.Spec.RevisionHistoryLimit is not { } limit)
        {
            return [];
        }

        var alive = rollout.Old.Where(r => r.Metadata.DeletionTimestamp is null).ToArray();
        return
        [
            .. alive.OrderBy(r => Annotations.RevisionOf(r.Metadata)).ThenBy(r => r.Metadata.CreationTimestamp).Take(Math.Max(0, alive.Length - limit))
                .Where(r => Rollout.Size(r) == 0 && (r.Status?.Replicas ?? 0) == 0 && (r.Metadata.Generation ?? 0) <= (r.Status?.ObservedGeneration ?? 0)),
        ];
    }
}
