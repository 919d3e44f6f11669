using k8s.Models;

namespace Vitrine.Control.Jobs;

/// <summary>Whether a Job is decided, and why: the reasons and messages are upstream's.</summary>
internal sealed record JobVerdict(bool Success, string Reason, string Message)
{
    public static JobVerdict? Of(V1Job job, JobTally tally, IReadOnlyCollection<V1Pod> active, DateTime now)
    {
        if ((JobFacts.Condition(job, "FailureTarget") ?? JobFacts.Condition(job, "Failed")) is { } failed)
        {
            return new JobVerdict(false, failed.Reason, failed.Message);
        }

        if ((JobFacts.Condition(job, "SuccessCriteriaMet") ?? JobFacts.Condition(job, "Complete")) is { } met)
        {
            return new JobVerdict(true, met.Reason, met.Message);
        }

        return Failure(job, tally, active, now) ?? ByRules(job, tally, active);
    }

    private static JobVerdict? Failure(V1Job job, JobTally tally, IReadOnlyCollection<V1Pod> active, DateTime now)
    {
        if (tally.FailsJob is { } message)
        {
            return new JobVerdict(false, "PodFailurePolicy", message);
        }

        var limit = job.Spec.BackoffLimit ?? (job.Spec.BackoffLimitPerIndex is null ? 6 : int.MaxValue);
        var restarts = job.Spec.Template.Spec.RestartPolicy == "OnFailure"
            ? active.Where(p => p.Status?.Phase is "Running" or "Pending").Sum(p => (p.Status.ContainerStatuses ?? []).Concat(p.Status.InitContainerStatuses ?? []).Sum(s => s.RestartCount))
            : 0;
        if (tally.AllFailed > limit || (restarts > 0 && restarts >= limit))
        {
            return new JobVerdict(false, "BackoffLimitExceeded", "Job has reached the specified backoff limit");
        }

        if (Deadline(job) <= now)
        {
            return new JobVerdict(false, "DeadlineExceeded", "Job was active longer than specified deadline");
        }

        if (job.Spec.MaxFailedIndexes is { } most && tally.FailedIndexes.Count > most)
        {
            return new JobVerdict(false, "MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes");
        }

        return tally.FailedIndexes.Count > 0 && tally.FailedIndexes.Count + tally.Completed.Count >= job.Spec.Completions
            ? new JobVerdict(false, "FailedIndexes", "Job has failed indexes")
            : null;
    }

    /// <summary>When activeDeadlineSeconds are over, or null.</summary>
    public static DateTime? Deadline(V1Job job) =>
        job.Spec is { ActiveDeadlineSeconds: { } seconds } && job.Spec.Suspend != true ? job.Status?.StartTime?.AddSeconds(Math.Min(seconds, int.MaxValue)) : null;

    private static JobVerdict? ByRules(V1Job job, JobTally tally, IReadOnlyCollection<V1Pod> active)
    {
        var rules = JobFacts.IsIndexed(job) ? job.Spec.SuccessPolicy?.Rules ?? [] : [];
        for (var i = 0; i < rules.Count; i++)
        {
            var wanted = rules[i].SucceededIndexes is { } named ? IndexList.Parse(named, job.Spec.Completions ?? 0) : null;
            var have = wanted is null ? tally.Completed.Count : wanted.Count(tally.Completed.Contains);
            if (have >= (rules[i].SucceededCount ?? wanted?.Count ?? int.MaxValue))
            {
                return new JobVerdict(true, "SuccessPolicy", $"Matched rules at index {i}");
            }
        }

        var done = job.Spec.Completions is { } completions ? tally.AllSucceeded >= completions : tally.AllSucceeded > 0 && active.Count == 0;
        return done && job.Spec.Suspend != true ? new JobVerdict(true, "CompletionsReached", "Reached expected number of succeeded pods") : null;
    }
}
