using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Vitrine.Control.Api;
using Vitrine.Control.Pods;
using Vitrine.Control.Revisions;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control.Stateful;

/// <summary>apps/v1 StatefulSets. Sets with volumeClaimTemplates are refused with an event: this cluster has no storage to claim.</summary>
internal sealed class StatefulSetController(ApiClient api, EventRecorder events, ILogger logger, TimeProvider time) : IWorkloadController
{
    private const string Component = "statefulset-controller";
    private readonly Revisit revisit = new(Component, logger, time);
    private readonly RevisionHistory history = new(api, Resource.StatefulSets);
    private readonly PodWrites pods = new(api, events, new Expectations(time), Resource.StatefulSets, Component);

    public Task<TimeSpan?> ReconcileAsync(ControlSnapshot snapshot, CancellationToken ct) => revisit.RunAsync(
        snapshot.StatefulSets.All,
        s => [s, snapshot.Pods.OwnedBy(s.Metadata.Uid), snapshot.Pods.Orphans(s.Metadata.NamespaceProperty), snapshot.ControllerRevisions.OwnedBy(s.Metadata.Uid)],
        s => LookAsync(s, snapshot, ct),
        ct);

    private async Task<TimeSpan?> LookAsync(V1StatefulSet set, ControlSnapshot snapshot, CancellationToken ct)
    {
        var (meta, now) = (set.Metadata, time.GetUtcNow().UtcDateTime);
        if (set.Spec.VolumeClaimTemplates is { Count: > 0 })
        {
            events.Warning(Resource.StatefulSets, meta, Component, "FailedCreate", $"create Claim {set.Spec.VolumeClaimTemplates[0].Metadata?.Name}-{meta.Name}-0 for Pod {meta.Name}-0 in StatefulSet {meta.Name} failed error: this cluster provides no persistent volumes; use emptyDir in the pod template instead of volumeClaimTemplates");
            return null;
        }

        if (meta.DeletionTimestamp is not null || !pods.Expectations.AreMet(meta.Uid, snapshot.Pods))
        {
            return meta.DeletionTimestamp is null ? TimeSpan.FromSeconds(10) : null;
        }

        var revisions = snapshot.ControllerRevisions.OwnedBy(meta.Uid).Values.ToArray();
        if (await history.CurrentAsync(meta, set.Spec.Template, revisions, set.Status?.CollisionCount, ct) is not { } update)
        {
            var collided = PodTemplates.Clone(set.Status ?? new V1StatefulSetStatus());
            collided.CollisionCount = (collided.CollisionCount ?? 0) + 1;
            await ReportAsync(set, collided, ct);
            return TimeSpan.FromSeconds(1);
        }

        var current = Array.Find(revisions, r => r.Metadata.Name == set.Status?.CurrentRevision) ?? update;
        var claim = ClaimPlan<V1Pod>.Compile(
            meta,
            LabelSelector.Read(set.Spec.Selector)!,
            snapshot.Pods.OwnedBy(meta.Uid).Values,
            snapshot.Pods.Orphans(meta.NamespaceProperty).Values.Where(p => StatefulPods.Ordinal(set, p) >= 0));
        await pods.ClaimAsync(meta, claim, ct);
        var held = claim.Held.AddRange(claim.Adopted);
        var plan = StatefulPlan.Compile(set, held, current.Metadata.Name, update.Metadata.Name, now);
        foreach (var one in plan.Create)
        {
            var template = one.Revision == update.Metadata.Name ? set.Spec.Template : current.Template();
            await CreateAsync(set, StatefulPods.Of(set, one.Ordinal, template, one.Revision), ct);
        }

        await Task.WhenAll(plan.Delete.Select(p => DeleteAsync(set, p, ct)));
        await history.PruneAsync(revisions, held.Select(StatefulPods.RevisionOf).Concat([current.Hash, update.Hash, .. held.Select(p => HashOf(revisions, p))]).ToHashSet(), set.Spec.RevisionHistoryLimit ?? 10, ct);
        await ReportAsync(set, plan.Status, ct);
        return plan.NextAvailable - now;
    }

    private static string HashOf(Revision[] revisions, V1Pod pod) => Array.Find(revisions, r => r.Metadata.Name == StatefulPods.RevisionOf(pod))?.Hash ?? "";

    private async Task CreateAsync(V1StatefulSet set, V1Pod pod, CancellationToken ct)
    {
        try
        {
            var made = await api.CreateAsync(Resource.Pods, set.Metadata.NamespaceProperty, pod, ct);
            pods.Expectations.Created(set.Metadata.Uid, made.Metadata.ResourceVersion);
            events.Normal(Resource.StatefulSets, set.Metadata, Component, "SuccessfulCreate", $"create Pod {pod.Metadata.Name} in StatefulSet {set.Metadata.Name} successful");
        }
        catch (ApiException e) when (e.Stale || e.NamespaceEnds)
        {
            // A pod of that name is there, perhaps another's: a change of it calls for the next look.
        }
        catch (ApiException e)
        {
            events.Warning(Resource.StatefulSets, set.Metadata, Component, "FailedCreate", $"create Pod {pod.Metadata.Name} in StatefulSet {set.Metadata.Name} failed error: {e.Message}");
            throw;
        }
    }

    private async Task DeleteAsync(V1StatefulSet set, V1Pod pod, CancellationToken ct)
    {
        if (PodFacts.IsFinished(pod))
        {
            events.Warning(Resource.StatefulSets, set.Metadata, Component, "RecreatingFailedPod", $"StatefulSet {set.Metadata.NamespaceProperty}/{set.Metadata.Name} is recreating failed Pod {pod.Metadata.Name}");
        }

        if (await api.DeleteAsync(Resource.Pods, pod.Metadata.NamespaceProperty, pod.Metadata.Name, pod.Metadata.Uid, ct))
        {
            events.Normal(Resource.StatefulSets, set.Metadata, Component, "SuccessfulDelete", $"delete Pod {pod.Metadata.Name} in StatefulSet {set.Metadata.Name} successful");
        }

        pods.Expectations.Deleted(set.Metadata.Uid, pod.Metadata.Uid);
    }

    private async Task ReportAsync(V1StatefulSet set, V1StatefulSetStatus status, CancellationToken ct)
    {
        if (set.Status is null || KubernetesJson.Serialize(set.Status) != KubernetesJson.Serialize(status))
        {
            await api.ReplaceStatusAsync(Resource.StatefulSets, set.Metadata.NamespaceProperty, set.Metadata.Name, new V1StatefulSet { ApiVersion = "apps/v1", Kind = "StatefulSet", Metadata = set.Metadata, Spec = set.Spec, Status = status }, ct);
        }
    }
}
