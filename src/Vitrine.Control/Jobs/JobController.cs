using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Vitrine.Control.Api;
using Vitrine.Control.Pods;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control.Jobs;

/// <summary>batch/v1 Jobs: pods until enough of them succeeded, each counted once; finished Jobs go when their time to live is over.</summary>
internal sealed class JobController(ApiClient api, EventRecorder events, ILogger logger, TimeProvider time) : IWorkloadController
{
    private const string Component = "job-controller";
    private readonly Revisit revisit = new(Component, logger, time);
    private readonly PodWrites pods = new(api, events, new Expectations(time), Resource.Jobs, Component);

    public async Task<TimeSpan?> ReconcileAsync(ControlSnapshot snapshot, CancellationToken ct)
    {
        var left = snapshot.Pods.All.Values.Where(p => JobFacts.IsTracked(p) && !HasJob(p, snapshot)).ToArray();
        await Task.WhenAll(left.Select(p => ReleaseAsync(p, ct)));
        return await revisit.RunAsync(
            snapshot.Jobs.All,
            j => [j, snapshot.Pods.OwnedBy(j.Metadata.Uid), snapshot.Pods.Orphans(j.Metadata.NamespaceProperty)],
            j => LookAsync(j, snapshot, ct),
            ct);
    }

    /// <summary>A pod whose Job is gone is counted by nobody; its finalizer would hold it for ever.</summary>
    private static bool HasJob(V1Pod pod, ControlSnapshot snapshot) =>
        Owners.ControllerOf(pod.Metadata) is { Kind: "Job" } owner
        && (snapshot.Jobs.Find(pod.Metadata.NamespaceProperty, owner.Name)?.Metadata.Uid == owner.Uid
            || ObjectSet<V1Job>.RevisionOf(pod.Metadata.ResourceVersion) > snapshot.Jobs.Revision);

    private async Task<TimeSpan?> LookAsync(V1Job job, ControlSnapshot snapshot, CancellationToken ct)
    {
        var (meta, now) = (job.Metadata, time.GetUtcNow().UtcDateTime);
        if (Expired(job) is { } at)
        {
            if (at <= now)
            {
                await api.DeleteAsync(Resource.Jobs, meta.NamespaceProperty, meta.Name, meta.Uid, ct, propagation: "Foreground");
                return null;
            }
        }

        if (job.Spec.ManagedBy is { } manager && manager != "kubernetes.io/job-controller")
        {
            return null;
        }

        var selector = LabelSelector.Read(job.Spec.Selector) ?? LabelSelector.Everything;
        var claim = ClaimPlan<V1Pod>.Compile(meta, selector, snapshot.Pods.OwnedBy(meta.Uid).Values, snapshot.Pods.Orphans(meta.NamespaceProperty).Values);
        await pods.ClaimAsync(meta, claim, ct);
        if (!pods.Expectations.AreMet(meta.Uid, snapshot.Pods))
        {
            return TimeSpan.FromSeconds(10);
        }

        var plan = JobPlan.Compile(job, claim.Held.AddRange(claim.Adopted), now);
        await Task.WhenAll(plan.Delete.Select(p => pods.DeleteAsync(meta, p, ct)));

        // A Job is told to have begun before its first pod is.
        var made = 0;
        var failed = job.Status?.StartTime is null && plan.Create.Length > 0
            ? null
            : await SlowStart.RunAsync(plan.Create.Length, async i =>
            {
                await pods.CreateAsync(meta, JobPods.Of(job, plan.Create[i]), ct);
                Interlocked.Increment(ref made);
            });
        var status = JobStatusPlan.Compile(job, plan, made, now);
        await ReportAsync(job, plan, status, ct);
        if (failed is not null and not ApiException { NamespaceEnds: true })
        {
            throw failed;
        }

        return Left(plan.LookAgain, now) is { } wait ? wait : Left(Expired(job), now);
    }

    private async Task ReportAsync(V1Job job, JobPlan plan, JobStatusPlan next, CancellationToken ct)
    {
        if (job.Status is null || KubernetesJson.Serialize(job.Status) != KubernetesJson.Serialize(next.Status))
        {
            var body = new V1Job { ApiVersion = "batch/v1", Kind = "Job", Metadata = job.Metadata, Spec = job.Spec, Status = next.Status };
            if (!await api.ReplaceStatusAsync(Resource.Jobs, job.Metadata.NamespaceProperty, job.Metadata.Name, body, ct))
            {
                return;
            }

            if (next.News is var (warning, reason, message))
            {
                if (warning)
                {
                    events.Warning(Resource.Jobs, job.Metadata, Component, reason, message);
                }
                else
                {
                    events.Normal(Resource.Jobs, job.Metadata, Component, reason, message);
                }
            }
        }

        // Only now, when their uids are on record.
        await Task.WhenAll(plan.Tally.Release.Select(p => ReleaseAsync(p, ct)));
    }

    private Task<bool> ReleaseAsync(V1Pod pod, CancellationToken ct)
    {
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["uid"] = pod.Metadata.Uid, ["$deleteFromPrimitiveList/finalizers"] = new JsonArray(JobFacts.TrackingFinalizer) } };
        return api.PatchAsync(Resource.Pods, pod.Metadata.NamespaceProperty, pod.Metadata.Name, patch.ToJsonString(), ct);
    }

    /// <summary>When ttlSecondsAfterFinished are over, or null.</summary>
    private static DateTime? Expired(V1Job job) =>
        job.Spec.TtlSecondsAfterFinished is { } ttl && job.Metadata.DeletionTimestamp is null
            ? (JobFacts.Condition(job, "Complete") ?? JobFacts.Condition(job, "Failed"))?.LastTransitionTime?.AddSeconds(ttl)
            : null;

    private static TimeSpan? Left(DateTime? at, DateTime now) => at - now is { } left ? left < TimeSpan.Zero ? TimeSpan.Zero : left : null;
}
