using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Vitrine.Control.Api;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control.Disruption;

/// <summary>policy/v1 PodDisruptionBudgets: the numbers the eviction verb asks for.</summary>
internal sealed class DisruptionController(ApiClient api, ILogger logger, TimeProvider time) : IWorkloadController
{
    private readonly Revisit revisit = new("disruption-controller", logger, time);

    public Task<TimeSpan?> ReconcileAsync(ControlSnapshot snapshot, CancellationToken ct) => revisit.RunAsync(
        snapshot.PodDisruptionBudgets.All,
        b =>
        [
            b, snapshot.Pods.InNamespace(b.Metadata.NamespaceProperty), snapshot.ReplicaSets.InNamespace(b.Metadata.NamespaceProperty), snapshot.Deployments.InNamespace(b.Metadata.NamespaceProperty),
            snapshot.StatefulSets.InNamespace(b.Metadata.NamespaceProperty), snapshot.ReplicationControllers.InNamespace(b.Metadata.NamespaceProperty),
        ],
        b => LookAsync(b, snapshot, ct),
        ct);

    private async Task<TimeSpan?> LookAsync(V1PodDisruptionBudget budget, ControlSnapshot snapshot, CancellationToken ct)
    {
        var (meta, now) = (budget.Metadata, time.GetUtcNow().UtcDateTime);
        var selector = LabelSelector.Read(budget.Spec.Selector);
        var pods = snapshot.Pods.InNamespace(meta.NamespaceProperty).Values.Where(p => selector?.Matches(p.Metadata.Labels) == true).ToArray();
        var plan = DisruptionPlan.Compile(budget, pods, p => Scale(p, snapshot), now);
        if (budget.Status is null || KubernetesJson.Serialize(budget.Status) != KubernetesJson.Serialize(plan.Status))
        {
            var body = new V1PodDisruptionBudget { ApiVersion = "policy/v1", Kind = "PodDisruptionBudget", Metadata = meta, Spec = budget.Spec, Status = plan.Status };
            await api.ReplaceStatusAsync(Resource.PodDisruptionBudgets, meta.NamespaceProperty, meta.Name, body, ct);
        }

        return plan.Expires - now;
    }

    /// <summary>How many replicas the pod's owner should have: a ReplicaSet's Deployment speaks for it.</summary>
    private static (string Uid, int Replicas)? Scale(V1Pod pod, ControlSnapshot snapshot)
    {
        var (ns, owner) = (pod.Metadata.NamespaceProperty, Owners.ControllerOf(pod.Metadata));
        switch (owner?.Kind)
        {
            case "ReplicaSet" when snapshot.ReplicaSets.Find(ns, owner.Name) is { } set && set.Metadata.Uid == owner.Uid:
                return Owners.ControllerOf(set.Metadata) is { Kind: "Deployment" } above && snapshot.Deployments.Find(ns, above.Name) is { } deployment && deployment.Metadata.Uid == above.Uid
                    ? (above.Uid, deployment.Spec.Replicas ?? 1)
                    : (owner.Uid, set.Spec.Replicas ?? 1);
            case "StatefulSet" when snapshot.StatefulSets.Find(ns, owner.Name) is { } set && set.Metadata.Uid == owner.Uid:
                return (owner.Uid, set.Spec.Replicas ?? 1);
            case "ReplicationController" when snapshot.ReplicationControllers.Find(ns, owner.Name) is { } set && set.Metadata.Uid == owner.Uid:
                return (owner.Uid, set.Spec.Replicas ?? 1);
            default:
                return null;
        }
    }
}
