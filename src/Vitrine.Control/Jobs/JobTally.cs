using k8s.Models;
using Vitrine.Control.Pods;

namespace Vitrine.Control.Jobs;

/// <summary>
/// How many pods of a Job have succeeded and failed, each counted exactly once (KEP-2307): a finished pod's uid goes into
/// status.uncountedTerminatedPods, then its finalizer is taken off, then it moves from there into the number. A crash at any
/// point repeats a step and counts nothing twice.
/// </summary>
internal sealed class JobTally
{
    public required int Succeeded { get; init; }

    public required int Failed { get; init; }

    public required List<string> UncountedSucceeded { get; init; }

    public required List<string> UncountedFailed { get; init; }

    public required SortedSet<int> Completed { get; init; }

    public required SortedSet<int> FailedIndexes { get; init; }

    /// <summary>Pods whose finalizer goes once the status is written.</summary>
    public required IReadOnlyList<V1Pod> Release { get; init; }

    /// <summary>Why a rule of podFailurePolicy fails the whole Job, or null.</summary>
    public string? FailsJob { get; init; }

    public int AllSucceeded => Succeeded + UncountedSucceeded.Count;

    public int AllFailed => Failed + UncountedFailed.Count;

    public static JobTally Of(V1Job job, IReadOnlyCollection<V1Pod> pods)
    {
        var (indexed, completions, status) = (JobFacts.IsIndexed(job), job.Spec.Completions ?? 0, job.Status ?? new V1JobStatus());
        var tracked = pods.Where(JobFacts.IsTracked).Select(p => p.Metadata.Uid).ToHashSet();
        var before = status.UncountedTerminatedPods;
        List<string> succeeded = [.. (before?.Succeeded ?? []).Where(tracked.Contains)];
        List<string> failed = [.. (before?.Failed ?? []).Where(tracked.Contains)];
        var completed = indexed ? IndexList.Parse(status.CompletedIndexes, completions) : [];
        var failedIndexes = indexed ? IndexList.Parse(status.FailedIndexes, completions) : [];
        var release = new List<V1Pod>();
        string? failsJob = null;
        foreach (var pod in pods.Where(JobFacts.IsTracked))
        {
            var index = JobFacts.Index(pod);
            if (JobFacts.HasSucceeded(pod))
            {
                release.Add(pod);
                if (indexed && index >= 0 && index < completions)
                {
                    completed.Add(index);
                }
                else if (!indexed && !succeeded.Contains(pod.Metadata.Uid))
                {
                    succeeded.Add(pod.Metadata.Uid);
                }
            }
            else if (JobFacts.HasFailed(job, pod) || (JobFacts.IsFinished(job) && PodFacts.IsTerminating(pod)))
            {
                release.Add(pod);
                var judged = FailurePolicy.Judge(job, pod);
                failsJob ??= judged.Action == "FailJob" ? judged.Message : null;
                if (judged.Action != "Ignore" && !failed.Contains(pod.Metadata.Uid) && !JobFacts.IsFinished(job))
                {
                    failed.Add(pod.Metadata.Uid);
                }

                if (job.Spec.BackoffLimitPerIndex is { } limit && index >= 0 && (judged.Action == "FailIndex" || (judged.Action != "Ignore" && JobFacts.Failures(pod) >= limit)))
                {
                    failedIndexes.Add(index);
                }
            }
        }

        failedIndexes.ExceptWith(completed);
        return new JobTally
        {
            Succeeded = indexed ? completed.Count : (status.Succeeded ?? 0) + (before?.Succeeded ?? []).Count(u => !tracked.Contains(u)),
            Failed = (status.Failed ?? 0) + (before?.Failed ?? []).Count(u => !tracked.Contains(u)),
            UncountedSucceeded = succeeded,
            UncountedFailed = failed,
            Completed = completed,
            FailedIndexes = failedIndexes,
            Release = release,
            FailsJob = failsJob,
        };
    }
}
