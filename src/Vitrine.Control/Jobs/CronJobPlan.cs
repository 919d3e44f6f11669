using System.Collections.Immutable;
using k8s.Models;

namespace Vitrine.Control.Jobs;

/// <summary>What a CronJob does now.</summary>
/// <param name="Start">The scheduled time of the Job to make, or null.</param>
/// <param name="Replace">Active Jobs to remove first (concurrencyPolicy: Replace).</param>
/// <param name="Remove">Finished Jobs beyond the history limits.</param>
/// <param name="Next">When the next one is due.</param>
/// <param name="Event">(type, reason, message) of something worth telling.</param>
internal sealed record CronJobPlan(DateTime? Start, ImmutableArray<V1Job> Replace, ImmutableArray<V1Job> Remove, DateTime? Next, (string Type, string Reason, string Message)? Event)
{
    private const int TooMany = 100;

    public static CronJobPlan Compile(V1CronJob cron, CronSchedule schedule, IReadOnlyCollection<V1Job> jobs, DateTime now)
    {
        var plan = new CronJobPlan(null, [], History(cron, jobs), schedule.Next(now), null);
        if (cron.Metadata.DeletionTimestamp is not null || cron.Spec.Suspend == true)
        {
            return plan with { Next = null };
        }

        var (missed, count) = Missed(cron, schedule, now);
        if (count > TooMany)
        {
            plan = plan with { Event = ("Warning", "TooManyMissedTimes", $"too many missed start times: {count}. Set or decrease .spec.startingDeadlineSeconds or check clock skew") };
        }

        if (missed is not { } due || jobs.Any(j => j.Metadata.Name == NameOf(cron, due)))
        {
            return plan;
        }

        if (cron.Spec.StartingDeadlineSeconds is { } deadline && due.AddSeconds(deadline) < now)
        {
            return plan with { Event = ("Warning", "MissSchedule", $"Missed scheduled time to start a job: {due:R}") };
        }

        var active = jobs.Where(j => !JobFacts.IsFinished(j)).ToArray();
        return cron.Spec.ConcurrencyPolicy switch
        {
            "Forbid" when active.Length > 0 => plan with { Event = ("Normal", "JobAlreadyActive", "Not starting job because prior execution is running and concurrency policy is Forbid") },
            "Replace" => plan with { Start = due, Replace = [.. active] },
            _ => plan with { Start = due },
        };
    }

    /// <summary>NAME-MINUTES: the same scheduled time never makes two Jobs.</summary>
    public static string NameOf(V1CronJob cron, DateTime due) => $"{cron.Metadata.Name}-{new DateTimeOffset(DateTime.SpecifyKind(due, DateTimeKind.Utc)).ToUnixTimeSeconds() / 60}";

    /// <summary>The latest time that passed since the last one, and how many passed.</summary>
    private static (DateTime? Latest, int Count) Missed(V1CronJob cron, CronSchedule schedule, DateTime now)
    {
        var from = cron.Status?.LastScheduleTime ?? cron.Metadata.CreationTimestamp ?? now;
        if (cron.Spec.StartingDeadlineSeconds is { } deadline && now.AddSeconds(-Math.Min(deadline, int.MaxValue)) is var earliest && earliest > from)
        {
            from = earliest;
        }

        DateTime? latest = null;
        var count = 0;
        for (var at = schedule.Next(from); at <= now; at = schedule.Next(at.Value))
        {
            latest = at;

            // After a long absence the last few times are all that matter.
            if (++count > TooMany && now - at > TimeSpan.FromDays(1))
            {
                at = now.AddDays(-1);
            }
        }

        return (latest, count);
    }

    private static ImmutableArray<V1Job> History(V1CronJob cron, IReadOnlyCollection<V1Job> jobs) =>
    [
        .. Oldest(jobs, "Complete", cron.Spec.SuccessfulJobsHistoryLimit ?? 3),
        .. Oldest(jobs, "Failed", cron.Spec.FailedJobsHistoryLimit ?? 1),
    ];

    private static IEnumerable<V1Job> Oldest(IEnumerable<V1Job> jobs, string end, int limit)
    {
        var finished = jobs.Where(j => JobFacts.Condition(j, end) is not null).ToArray();
        return finished.OrderBy(j => j.Status.StartTime ?? j.Metadata.CreationTimestamp).Take(Math.Max(0, finished.Length - limit));
    }
}
