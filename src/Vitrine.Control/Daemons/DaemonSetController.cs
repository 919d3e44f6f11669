using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Vitrine.Control.Api;
using Vitrine.Control.Pods;
using Vitrine.Control.Revisions;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control.Daemons;

/// <summary>apps/v1 DaemonSets: a pod on every node that will have it.</summary>
internal sealed class DaemonSetController(ApiClient api, EventRecorder events, ILogger logger, TimeProvider time) : IWorkloadController
{
    private const string Component = "daemonset-controller";
    private readonly Revisit revisit = new(Component, logger, time);
    private readonly RevisionHistory history = new(api, Resource.DaemonSets);
    private readonly PodWrites pods = new(api, events, new Expectations(time), Resource.DaemonSets, Component);
    private readonly Dictionary<string, (DateTimeOffset After, TimeSpan Pause)> failed = [];

    public Task<TimeSpan?> ReconcileAsync(ControlSnapshot snapshot, CancellationToken ct) => revisit.RunAsync(
        snapshot.DaemonSets.All,
        d => [d, snapshot.Pods.OwnedBy(d.Metadata.Uid), snapshot.Pods.Orphans(d.Metadata.NamespaceProperty), snapshot.ControllerRevisions.OwnedBy(d.Metadata.Uid), snapshot.Cluster.Nodes],
        d => LookAsync(d, snapshot, ct),
        ct);

    private async Task<TimeSpan?> LookAsync(V1DaemonSet set, ControlSnapshot snapshot, CancellationToken ct)
    {
        var (meta, now) = (set.Metadata, time.GetUtcNow());
        if (meta.DeletionTimestamp is not null)
        {
            return null;
        }

        var revisions = snapshot.ControllerRevisions.OwnedBy(meta.Uid).Values;
        if (await history.CurrentAsync(meta, set.Spec.Template, revisions, set.Status?.CollisionCount, ct) is not { } revision)
        {
            var collided = PodTemplates.Clone(set.Status ?? new V1DaemonSetStatus());
            collided.CollisionCount = (collided.CollisionCount ?? 0) + 1;
            await ReportAsync(set, collided, ct);
            return TimeSpan.FromSeconds(1);
        }

        var claim = ClaimPlan<V1Pod>.Compile(meta, LabelSelector.Read(set.Spec.Selector)!, snapshot.Pods.OwnedBy(meta.Uid).Values, snapshot.Pods.Orphans(meta.NamespaceProperty).Values);
        await pods.ClaimAsync(meta, claim, ct);
        var pod = DaemonNodes.Pod(set, set.Spec.Template, revision.Hash);
        var asked = SnapshotReader.Read(pod);
        var nodes = snapshot.Cluster.Nodes.Values.OrderBy(n => n.Name, StringComparer.Ordinal).Select(n => (n.Name, Wants: DaemonNodes.Wants(asked, n))).Select(n => (n.Name, n.Wants.Run, n.Wants.Stay)).ToArray();
        var held = claim.Held.AddRange(claim.Adopted);
        var plan = DaemonPlan.Compile(set, revision.Hash, nodes, held, now.UtcDateTime);
        var settled = pods.Expectations.AreMet(meta.Uid, snapshot.Pods);
        var wait = settled ? plan.NextAvailable - now.UtcDateTime : TimeSpan.FromSeconds(10);
        if (settled)
        {
            var (delete, pause) = Restrain(set, plan.Delete, now);
            await Task.WhenAll(delete.Select(p => pods.DeleteAsync(meta, p, ct)));
            if (await SlowStart.RunAsync(plan.Create.Length, i => pods.CreateAsync(meta, DaemonNodes.PodFor(pod, plan.Create[i]), ct)) is { } refused && refused is not ApiException { NamespaceEnds: true })
            {
                throw refused;
            }

            wait = pause ?? wait;
            await history.PruneAsync(revisions, held.Select(p => PodFacts.Label(p.Metadata, Revision.HashLabel)).Append(revision.Hash).ToHashSet(), set.Spec.RevisionHistoryLimit ?? 10, ct);
        }

        await ReportAsync(set, plan.Status, ct);
        return wait;
    }

    /// <summary>Failed daemon pods are replaced after a pause that doubles from 1 s to 15 min, per node.</summary>
    private (List<V1Pod> Delete, TimeSpan? Wait) Restrain(V1DaemonSet set, IEnumerable<V1Pod> delete, DateTimeOffset now)
    {
        var (result, wait) = (new List<V1Pod>(), default(TimeSpan?));
        foreach (var pod in delete)
        {
            if (!PodFacts.IsFinished(pod))
            {
                result.Add(pod);
                continue;
            }

            var key = $"{set.Metadata.Uid}/{pod.Spec.NodeName}";
            lock (failed)
            {
                var (after, pause) = failed.GetValueOrDefault(key, (now, TimeSpan.FromSeconds(1)));
                if (after > now)
                {
                    wait = !(wait < after - now) ? after - now : wait;
                    continue;
                }

                failed[key] = (now + pause, pause * 2 < TimeSpan.FromMinutes(15) ? pause * 2 : TimeSpan.FromMinutes(15));
            }

            var word = pod.Status.Phase == "Failed" ? "Failed" : "Succeeded";
            events.Warning(Resource.DaemonSets, set.Metadata, Component, word + "DaemonPod", $"Found {word.ToLowerInvariant()} daemon pod {pod.Metadata.NamespaceProperty}/{pod.Metadata.Name} on node {pod.Spec.NodeName}, will try to {(word == "Failed" ? "kill" : "delete")} it");
            result.Add(pod);
        }

        return (result, wait);
    }

    private async Task ReportAsync(V1DaemonSet set, V1DaemonSetStatus status, CancellationToken ct)
    {
        if (set.Status is null || KubernetesJson.Serialize(set.Status) != KubernetesJson.Serialize(status))
        {
            await api.ReplaceStatusAsync(Resource.DaemonSets, set.Metadata.NamespaceProperty, set.Metadata.Name, new V1DaemonSet { ApiVersion = "apps/v1", Kind = "DaemonSet", Metadata = set.Metadata, Spec = set.Spec, Status = status }, ct);
        }
    }
}
