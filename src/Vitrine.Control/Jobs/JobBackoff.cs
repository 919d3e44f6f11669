using k8s.Models;

namespace Vitrine.Control.Jobs;

/// <summary>After failures the next pod waits 10 s · 2ⁿ⁻¹, at most 10 min, n failures since the last success.</summary>
internal static class JobBackoff
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>When the next pod may be made.</summary>
    public static DateTime ReadyAt(V1Job job, IEnumerable<V1Pod> pods)
    {
        var finished = pods.Where(p => JobFacts.HasSucceeded(p) || JobFacts.HasFailed(job, p)).OrderByDescending(JobFacts.FinishedAt).ToArray();
        var failures = finished.TakeWhile(p => !JobFacts.HasSucceeded(p)).Count();
        return failures == 0 ? DateTime.MinValue : JobFacts.FinishedAt(finished[0]) + After(failures);
    }

    public static TimeSpan After(int failures)
    {
        var wait = First * Math.Pow(2, Math.Min(failures - 1, 10));
        return failures <= 0 ? TimeSpan.Zero : wait < Longest ? wait : Longest;
    }
}
