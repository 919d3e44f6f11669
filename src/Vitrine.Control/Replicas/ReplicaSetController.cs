using k8s.Models;
using Microsoft.Extensions.Logging;
using Vitrine.Control.Api;
using Vitrine.Control.Pods;

namespace Vitrine.Control.Replicas;

/// <summary>apps/v1 ReplicaSets: as many pods as asked for, and their numbers in the status.</summary>
internal sealed class ReplicaSetController(ApiClient api, EventRecorder events, ILogger logger, TimeProvider time) : IWorkloadController
{
    private readonly Revisit revisit = new("replicaset-controller", logger, time);
    private readonly ReplicaKeeper keeper = new(new PodWrites(api, events, new Expectations(time), Resource.ReplicaSets, "replicaset-controller"), Resource.ReplicaSets, time);

    public Task<TimeSpan?> ReconcileAsync(ControlSnapshot snapshot, CancellationToken ct) => revisit.RunAsync(
        snapshot.ReplicaSets.All,
        r => [r, snapshot.Pods.OwnedBy(r.Metadata.Uid), snapshot.Pods.Orphans(r.Metadata.NamespaceProperty)],
        r => LookAsync(r, snapshot, ct),
        ct);

    private async Task<TimeSpan?> LookAsync(V1ReplicaSet set, ControlSnapshot snapshot, CancellationToken ct)
    {
        var outcome = await keeper.LookAsync(ReplicaOwner.Of(set), snapshot, () => Siblings(set, snapshot), ct);
        var status = Status(set, outcome);
        if (!Same(set.Status, status))
        {
            await api.ReplaceStatusAsync(Resource.ReplicaSets, set.Metadata.NamespaceProperty, set.Metadata.Name, new V1ReplicaSet { ApiVersion = "apps/v1", Kind = "ReplicaSet", Metadata = set.Metadata, Spec = set.Spec, Status = status }, ct);
        }

        return outcome.After;
    }

    /// <summary>The pods of all ReplicaSets of one Deployment: a rollout's two sets even each other out.</summary>
    private static IEnumerable<V1Pod> Siblings(V1ReplicaSet set, ControlSnapshot snapshot) =>
        Owners.ControllerOf(set.Metadata) is { } owner
            ? snapshot.ReplicaSets.OwnedBy(owner.Uid).Values.SelectMany(r => snapshot.Pods.OwnedBy(r.Metadata.Uid).Values)
            : snapshot.Pods.OwnedBy(set.Metadata.Uid).Values;

    private V1ReplicaSetStatus Status(V1ReplicaSet set, ReplicaKeeper.Outcome outcome)
    {
        var conditions = (set.Status?.Conditions ?? []).Where(c => c.Type != "ReplicaFailure").ToList();
        if (outcome.Failure is var (reason, message))
        {
            var before = set.Status?.Conditions?.FirstOrDefault(c => c.Type == "ReplicaFailure");
            conditions.Add(before?.Reason == reason
                ? before
                : new V1ReplicaSetCondition { Type = "ReplicaFailure", Status = "True", Reason = reason, Message = message, LastTransitionTime = time.GetUtcNow().UtcDateTime });
        }

        return new V1ReplicaSetStatus
        {
            Replicas = outcome.Counts.Replicas,
            FullyLabeledReplicas = StatusCount.Of(outcome.Counts.FullyLabeled),
            ReadyReplicas = StatusCount.Of(outcome.Counts.Ready),
            AvailableReplicas = StatusCount.Of(outcome.Counts.Available),
            ObservedGeneration = set.Metadata.Generation,
            Conditions = conditions.Count == 0 ? null : conditions,
        };
    }

    private static bool Same(V1ReplicaSetStatus? a, V1ReplicaSetStatus b) =>
        a is not null && a.Replicas == b.Replicas && (a.FullyLabeledReplicas ?? 0) == (b.FullyLabeledReplicas ?? 0) && (a.ReadyReplicas ?? 0) == (b.ReadyReplicas ?? 0)
        && (a.AvailableReplicas ?? 0) == (b.AvailableReplicas ?? 0) && a.ObservedGeneration == b.ObservedGeneration
        && (a.Conditions ?? []).Select(c => c.Reason).SequenceEqual((b.Conditions ?? []).Select(c => c.Reason));
}
