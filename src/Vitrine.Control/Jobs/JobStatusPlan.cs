using k8s.Models;

namespace Vitrine.Control.Jobs;

/// <summary>A Job's status after a look, and the event that goes with a change.</summary>
internal sealed record JobStatusPlan(V1JobStatus Status, (bool Warning, string Reason, string Message)? News)
{
    public static JobStatusPlan Compile(V1Job job, JobPlan plan, int made, DateTime now)
    {
        var (before, tally) = (job.Status ?? new V1JobStatus(), plan.Tally);
        var conditions = new List<V1JobCondition>(before.Conditions ?? []);
        var indexed = JobFacts.IsIndexed(job);
        var status = new V1JobStatus
        {
            StartTime = before.StartTime,
            CompletionTime = before.CompletionTime,
            Active = StatusCount.Of(plan.Active + made),
            Ready = plan.Ready,
            Terminating = plan.Terminating + plan.Delete.Length,
            Succeeded = StatusCount.Of(tally.Succeeded),
            Failed = StatusCount.Of(tally.Failed),
            CompletedIndexes = indexed && tally.Completed.Count > 0 ? IndexList.Format(tally.Completed) : null,
            FailedIndexes = job.Spec.BackoffLimitPerIndex is not null ? IndexList.Format(tally.FailedIndexes) : null,
            UncountedTerminatedPods = new V1UncountedTerminatedPods
            {
                Succeeded = tally.UncountedSucceeded.Count > 0 ? tally.UncountedSucceeded : null,
                Failed = tally.UncountedFailed.Count > 0 ? tally.UncountedFailed : null,
            },
        };
        var news = Suspension(job, status, conditions, now);
        if (plan.Verdict is { } verdict && !JobFacts.IsFinished(job))
        {
            Set(conditions, verdict.Success ? "SuccessCriteriaMet" : "FailureTarget", "True", verdict.Reason, verdict.Message, now);

            // The end is told when every pod is counted and let go, and none is left that could still do something.
            if (status.Terminating == 0 && plan.Active == 0 && tally.Release.Count + tally.UncountedFailed.Count + tally.UncountedSucceeded.Count == 0)
            {
                Set(conditions, verdict.Success ? "Complete" : "Failed", "True", verdict.Reason, verdict.Message, now);
                status.CompletionTime = verdict.Success ? now : null;
                news = verdict.Success ? (false, "Completed", "Job completed") : (true, verdict.Reason, verdict.Message);
            }
        }

        status.Conditions = conditions.Count == 0 ? null : conditions;
        return new JobStatusPlan(status, news);
    }

    private static (bool, string, string)? Suspension(V1Job job, V1JobStatus status, List<V1JobCondition> conditions, DateTime now)
    {
        if (JobFacts.IsFinished(job))
        {
            return null;
        }

        var was = conditions.Find(c => c.Type == "Suspended")?.Status;
        if (job.Spec.Suspend == true)
        {
            status.StartTime = null;
            return Set(conditions, "Suspended", "True", "JobSuspended", "Job suspended", now) ? (false, "Suspended", "Job suspended") : null;
        }

        status.StartTime ??= now;
        if (was == "True")
        {
            status.StartTime = now;
            Set(conditions, "Suspended", "False", "JobResumed", "Job resumed", now);
            return (false, "Resumed", "Job resumed");
        }

        return null;
    }

    private static bool Set(List<V1JobCondition> conditions, string type, string status, string reason, string message, DateTime now)
    {
        if (conditions.Exists(c => c.Type == type && c.Status == status))
        {
            return false;
        }

        conditions.RemoveAll(c => c.Type == type);
        conditions.Add(new V1JobCondition { Type = type, Status = status, Reason = reason, Message = message, LastProbeTime = now, LastTransitionTime = now });
        return true;
    }
}
