using System.Net;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Vitrine.Control.Api;

namespace Vitrine.Control.Jobs;

/// <summary>batch/v1 CronJobs: a Job whenever the schedule says so.</summary>
internal sealed class CronJobController(ApiClient api, EventRecorder events, ILogger logger, TimeProvider time) : IWorkloadController
{
    private const string Component = "cronjob-controller";
    private readonly Revisit revisit = new(Component, logger, time);

    public Task<TimeSpan?> ReconcileAsync(ControlSnapshot snapshot, CancellationToken ct) => revisit.RunAsync(
        snapshot.CronJobs.All, c => [c, snapshot.Jobs.OwnedBy(c.Metadata.Uid)], c => LookAsync(c, [.. snapshot.Jobs.OwnedBy(c.Metadata.Uid).Values], ct), ct);

    private async Task<TimeSpan?> LookAsync(V1CronJob cron, IReadOnlyCollection<V1Job> jobs, CancellationToken ct)
    {
        var (meta, now) = (cron.Metadata, time.GetUtcNow().UtcDateTime);
        CronJobPlan plan;
        try
        {
            plan = CronJobPlan.Compile(cron, CronSchedule.Parse(cron.Spec.Schedule, cron.Spec.TimeZone), jobs, now);
        }
        catch (FormatException e)
        {
            events.Warning(Resource.CronJobs, meta, Component, "UnparseableSchedule", $"unparseable schedule \"{cron.Spec.Schedule}\": {e.Message}");
            return null;
        }

        if (plan.Event is var (type, reason, message))
        {
            (type == "Normal" ? (Action<Resource, V1ObjectMeta, string, string, string>)events.Normal : events.Warning)(Resource.CronJobs, meta, Component, reason, message);
        }

        foreach (var job in plan.Replace.Concat(plan.Remove))
        {
            if (await api.DeleteAsync(Resource.Jobs, meta.NamespaceProperty, job.Metadata.Name, job.Metadata.Uid, ct, propagation: "Background"))
            {
                events.Normal(Resource.CronJobs, meta, Component, "SuccessfulDelete", $"Deleted job {job.Metadata.Name}");
            }
        }

        var made = plan.Start is { } due ? await StartAsync(cron, due, ct) : null;
        await ReportAsync(cron, jobs.Except(plan.Replace), made, plan.Start, ct);
        return plan.Next - now;
    }

    private async Task<V1Job?> StartAsync(V1CronJob cron, DateTime due, CancellationToken ct)
    {
        var (meta, job) = (cron.Metadata, CronJobs.JobOf(cron, due));
        try
        {
            var made = await api.CreateAsync(Resource.Jobs, meta.NamespaceProperty, job, ct);
            events.Normal(Resource.CronJobs, meta, Component, "SuccessfulCreate", $"Created job {made.Metadata.Name}");
            return made;
        }
        catch (ApiException e) when (e.StatusCode == HttpStatusCode.Conflict)
        {
            // Made by an earlier look the snapshot does not show yet.
            return null;
        }
        catch (ApiException e)
        {
            events.Warning(Resource.CronJobs, meta, Component, "FailedCreate", $"Error creating job: {e.Message}");
            throw;
        }
    }

    private async Task ReportAsync(V1CronJob cron, IEnumerable<V1Job> jobs, V1Job? made, DateTime? due, CancellationToken ct)
    {
        var all = jobs.Where(j => j.Metadata.Name != made?.Metadata.Name).ToList();
        var active = all.Where(j => !JobFacts.IsFinished(j)).Concat(made is null ? [] : new[] { made }).OrderBy(j => j.Metadata.Name, StringComparer.Ordinal)
            .Select(j => new V1ObjectReference { ApiVersion = "batch/v1", Kind = "Job", Name = j.Metadata.Name, NamespaceProperty = j.Metadata.NamespaceProperty, Uid = j.Metadata.Uid }).ToList();
        var successful = all.Where(j => JobFacts.Condition(j, "Complete") is not null).Max(j => j.Status.CompletionTime);
        var before = cron.Status;
        var status = new V1CronJobStatus
        {
            Active = active.Count == 0 ? null : active,
            LastScheduleTime = due ?? before?.LastScheduleTime,
            LastSuccessfulTime = successful > before?.LastSuccessfulTime || before?.LastSuccessfulTime is null ? successful : before.LastSuccessfulTime,
        };
        if ((before?.Active ?? []).Select(a => a.Uid).SequenceEqual(active.Select(a => a.Uid)) && before?.LastScheduleTime == status.LastScheduleTime && before?.LastSuccessfulTime == status.LastSuccessfulTime)
        {
            return;
        }

        await api.ReplaceStatusAsync(Resource.CronJobs, cron.Metadata.NamespaceProperty, cron.Metadata.Name, new V1CronJob { ApiVersion = "batch/v1", Kind = "CronJob", Metadata = cron.Metadata, Spec = cron.Spec, Status = status }, ct);
    }
}
