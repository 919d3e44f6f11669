using k8s.Models;
using Microsoft.Extensions.Logging;
using Vitrine.Control.Api;
using Vitrine.Control.Pods;

namespace Vitrine.Control.Replicas;

/// <summary>v1 ReplicationControllers: what ReplicaSets were before; the same plan.</summary>
internal sealed class ReplicationControllerController(ApiClient api, EventRecorder events, ILogger logger, TimeProvider time) : IWorkloadController
{
    private readonly Revisit revisit = new("replication-controller", logger, time);
    private readonly ReplicaKeeper keeper = new(new PodWrites(api, events, new Expectations(time), Resource.ReplicationControllers, "replication-controller"), Resource.ReplicationControllers, time);

    public Task<TimeSpan?> ReconcileAsync(ControlSnapshot snapshot, CancellationToken ct) => revisit.RunAsync(
        snapshot.ReplicationControllers.All,
        r => [r, snapshot.Pods.OwnedBy(r.Metadata.Uid), snapshot.Pods.Orphans(r.Metadata.NamespaceProperty)],
        r => LookAsync(r, snapshot, ct),
        ct);

    private async Task<TimeSpan?> LookAsync(V1ReplicationController set, ControlSnapshot snapshot, CancellationToken ct)
    {
        var outcome = await keeper.LookAsync(ReplicaOwner.Of(set), snapshot, () => snapshot.Pods.OwnedBy(set.Metadata.Uid).Values, ct);
        var status = Status(set, outcome);
        if (!Same(set.Status, status))
        {
            await api.ReplaceStatusAsync(Resource.ReplicationControllers, set.Metadata.NamespaceProperty, set.Metadata.Name, new V1ReplicationController { ApiVersion = "v1", Kind = "ReplicationController", Metadata = set.Metadata, Spec = set.Spec, Status = status }, ct);
        }

        return outcome.After;
    }

    private V1ReplicationControllerStatus Status(V1ReplicationController set, ReplicaKeeper.Outcome outcome)
    {
        var conditions = (set.Status?.Conditions ?? []).Where(c => c.Type != "ReplicaFailure").ToList();
        if (outcome.Failure is var (reason, message))
        {
            var before = set.Status?.Conditions?.FirstOrDefault(c => c.Type == "ReplicaFailure");
            conditions.Add(before?.Reason == reason
                ? before
                : new V1ReplicationControllerCondition { Type = "ReplicaFailure", Status = "True", Reason = reason, Message = message, LastTransitionTime = time.GetUtcNow().UtcDateTime });
        }

        return new V1ReplicationControllerStatus
        {
            Replicas = outcome.Counts.Replicas,
            FullyLabeledReplicas = StatusCount.Of(outcome.Counts.FullyLabeled),
            ReadyReplicas = StatusCount.Of(outcome.Counts.Ready),
            AvailableReplicas = StatusCount.Of(outcome.Counts.Available),
            ObservedGeneration = set.Metadata.Generation,
            Conditions = conditions.Count == 0 ? null : conditions,
        };
    }

    private static bool Same(V1ReplicationControllerStatus? a, V1ReplicationControllerStatus b) =>
        a is not null && a.Replicas == b.Replicas && (a.FullyLabeledReplicas ?? 0) == (b.FullyLabeledReplicas ?? 0) && (a.ReadyReplicas ?? 0) == (b.ReadyReplicas ?? 0)
        && (a.AvailableReplicas ?? 0) == (b.AvailableReplicas ?? 0) && a.ObservedGeneration == b.ObservedGeneration
        && (a.Conditions ?? []).Select(c => c.Reason).SequenceEqual((b.Conditions ?? []).Select(c => c.Reason));
}
