using System.Net;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Vitrine.Control.Api;
using Vitrine.Control.Pods;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control.Deployments;

/// <summary>apps/v1 Deployments: ReplicaSets per template, moved from the old to the new one.</summary>
internal sealed class DeploymentController(ApiClient api, EventRecorder events, ILogger logger, TimeProvider time) : IWorkloadController
{
    private const string Component = "deployment-controller";
    private readonly Revisit revisit = new(Component, logger, time);
    private readonly Expectations expectations = new(time);

    public Task<TimeSpan?> ReconcileAsync(ControlSnapshot snapshot, CancellationToken ct) => revisit.RunAsync(
        snapshot.Deployments.All,
        d => [d, snapshot.ReplicaSets.OwnedBy(d.Metadata.Uid), snapshot.ReplicaSets.Orphans(d.Metadata.NamespaceProperty), d.Spec.Strategy?.Type == "Recreate" ? snapshot.Pods : null],
        d => LookAsync(d, snapshot, ct),
        ct);

    private async Task<TimeSpan?> LookAsync(V1Deployment deployment, ControlSnapshot snapshot, CancellationToken ct)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (!expectations.AreMet(deployment.Metadata.Uid, snapshot.ReplicaSets))
        {
            return TimeSpan.FromSeconds(10);
        }

        var claim = ClaimPlan<V1ReplicaSet>.Compile(
            deployment.Metadata, LabelSelector.Read(deployment.Spec.Selector)!, snapshot.ReplicaSets.OwnedBy(deployment.Metadata.Uid).Values, snapshot.ReplicaSets.Orphans(deployment.Metadata.NamespaceProperty).Values);
        await ClaimAsync(deployment, claim, ct);
        var rollout = Rollout.Of(deployment, claim.Held.Concat(claim.Adopted));
        var plan = DeploymentPlan.Compile(rollout, r => snapshot.Pods.OwnedBy(r.Metadata.Uid).Values.Any(p => !PodFacts.IsFinished(p)));
        string? created = null;
        if (plan.Create is { } size)
        {
            created = await CreateAsync(rollout, size, ct);
        }

        foreach (var change in plan.Changes)
        {
            await ChangeAsync(rollout, change, ct);
        }

        await Task.WhenAll(plan.Delete.Select(r => api.DeleteAsync(Resource.ReplicaSets, r.Metadata.NamespaceProperty, r.Metadata.Name, r.Metadata.Uid, ct)));
        var status = DeploymentStatusPlan.Compile(rollout, plan.Progress, created, now);
        await ReportAsync(rollout, status.Status, created is not null, ct);
        return status.Deadline - now;
    }

    private Task ClaimAsync(V1Deployment deployment, ClaimPlan<V1ReplicaSet> claim, CancellationToken ct) => Task.WhenAll(
    [
        .. claim.Adopted.Select(r => api.PatchAsync(Resource.ReplicaSets, r.Metadata.NamespaceProperty, r.Metadata.Name, Owners.Adoption(Resource.Deployments, deployment.Metadata, r.Metadata.Uid), ct)),
        .. claim.Released.Select(r => api.PatchAsync(Resource.ReplicaSets, r.Metadata.NamespaceProperty, r.Metadata.Name, Owners.Release(deployment.Metadata.Uid, r.Metadata.Uid), ct)),
    ]);

    /// <summary>The current ReplicaSet; its name, or null when the name is another template's (then collisionCount goes up).</summary>
    private async Task<string?> CreateAsync(Rollout rollout, int size, CancellationToken ct)
    {
        var deployment = rollout.Deployment;
        var set = NewReplicaSet.Of(rollout, size);
        try
        {
            var made = await api.CreateAsync(Resource.ReplicaSets, deployment.Metadata.NamespaceProperty, set, ct);
            expectations.Created(deployment.Metadata.Uid, made.Metadata.ResourceVersion);
            if (size > 0)
            {
                events.Normal(Resource.Deployments, deployment.Metadata, Component, "ScalingReplicaSet", $"Scaled up replica set {made.Metadata.Name} from 0 to {size}");
            }

            return made.Metadata.Name;
        }
        catch (ApiException e) when (e.StatusCode == HttpStatusCode.Conflict)
        {
            var there = await api.ReadAsync<V1ReplicaSet>(Resource.ReplicaSets, deployment.Metadata.NamespaceProperty, set.Metadata.Name, ct);
            if (Owners.ControllerOf(there.Metadata)?.Uid != deployment.Metadata.Uid || PodTemplates.Canonical(there.Spec.Template) != rollout.Template)
            {
                var status = PodTemplates.Clone(deployment.Status ?? new V1DeploymentStatus());
                status.CollisionCount = (status.CollisionCount ?? 0) + 1;
                await api.ReplaceStatusAsync(Resource.Deployments, deployment.Metadata.NamespaceProperty, deployment.Metadata.Name, With(deployment, status), ct);
            }

            return null;
        }
        catch (ApiException e) when (!e.NamespaceEnds)
        {
            events.Warning(Resource.Deployments, deployment.Metadata, Component, "ReplicaSetCreateError", $"Failed to create new replica set \"{set.Metadata.Name}\": {e.Message}");
            throw;
        }
    }

    private async Task ChangeAsync(Rollout rollout, ReplicaSetChange change, CancellationToken ct)
    {
        var set = PodTemplates.Clone(change.Set);
        var before = Rollout.Size(set);
        set.ApiVersion = "apps/v1";
        set.Kind = "ReplicaSet";
        set.Spec.Replicas = change.Replicas;
        set.Spec.MinReadySeconds = change.MinReadySeconds;
        set.Metadata.Annotations = change.Annotations;
        try
        {
            var written = await api.ReplaceAsync(Resource.ReplicaSets, set.Metadata.NamespaceProperty, set.Metadata.Name, set, ct);
            expectations.Created(rollout.Deployment.Metadata.Uid, written.Metadata.ResourceVersion);
        }
        catch (ApiException e) when (e.Stale)
        {
            return;
        }

        if (before != change.Replicas)
        {
            var direction = before < change.Replicas ? "up" : "down";
            events.Normal(Resource.Deployments, rollout.Deployment.Metadata, Component, "ScalingReplicaSet", $"Scaled {direction} replica set {set.Metadata.Name} from {before} to {change.Replicas}");
        }
    }

    /// <summary>Status, and the revision annotation where the current ReplicaSet's is another.</summary>
    private async Task ReportAsync(Rollout rollout, V1DeploymentStatus status, bool created, CancellationToken ct)
    {
        var deployment = rollout.Deployment;
        var meta = deployment.Metadata;
        var revision = created || rollout.Current is not { } current ? rollout.Revision : Math.Max(Annotations.RevisionOf(current.Metadata), rollout.Revision);
        if ((created || rollout.Current is not null) && meta.DeletionTimestamp is null && Annotations.RevisionOf(meta) != revision)
        {
            // The status is then written over what the patch made of it, annotation included.
            var patch = $$$"""{"metadata":{"uid":"{{{meta.Uid}}}","annotations":{"{{{Annotations.Revision}}}":"{{{revision}}}"} } }""";
            deployment = await api.SendAsync<V1Deployment>(HttpMethod.Patch, Resource.Deployments.Of(meta.NamespaceProperty, meta.Name), patch, ApiClient.StrategicMerge, ct);
        }

        if (KubernetesJson.Serialize(deployment.Status ?? new V1DeploymentStatus()) != KubernetesJson.Serialize(status))
        {
            await api.ReplaceStatusAsync(Resource.Deployments, meta.NamespaceProperty, meta.Name, With(deployment, status), ct);
        }
    }

    private static V1Deployment With(V1Deployment deployment, V1DeploymentStatus status) =>
        new() { ApiVersion = "apps/v1", Kind = "Deployment", Metadata = deployment.Metadata, Spec = deployment.Spec, Status = status };
}
