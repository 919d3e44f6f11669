using System.Collections.Immutable;
using k8s.Models;
using Vitrine.Control.Pods;

namespace Vitrine.Control.Jobs;

/// <summary>A pod to make; the index is -1 where the Job has none.</summary>
internal readonly record struct JobPod(int Index, int Failures);

/// <summary>What a Job needs now: pods to make and to remove, what is decided, and when to look again.</summary>
internal sealed record JobPlan(JobTally Tally, JobVerdict? Verdict, ImmutableArray<JobPod> Create, ImmutableArray<V1Pod> Delete, int Active, int Ready, int Terminating, DateTime? LookAgain)
{
    private const int Burst = 500;

    public static JobPlan Compile(V1Job job, IReadOnlyCollection<V1Pod> pods, DateTime now)
    {
        var tally = JobTally.Of(job, pods);
        var active = pods.Where(p => PodFacts.IsActive(p) && JobFacts.IsTracked(p)).ToArray();
        var terminating = pods.Count(p => PodFacts.IsTerminating(p) && !PodFacts.IsFinished(p));
        var verdict = JobVerdict.Of(job, tally, active, now);
        var plan = new JobPlan(tally, verdict, [], [], active.Length, active.Count(PodFacts.IsReady), terminating, JobVerdict.Deadline(job));
        if (job.Metadata.DeletionTimestamp is not null)
        {
            return plan;
        }

        if (verdict is not null || job.Spec.Suspend == true)
        {
            return plan with { Delete = [.. active], Active = 0, Ready = 0 };
        }

        return JobFacts.IsIndexed(job) ? Indexed(job, plan, pods, active, terminating, now) : Plain(job, plan, pods, active, terminating, now);
    }

    private static JobPlan Plain(V1Job job, JobPlan plan, IReadOnlyCollection<V1Pod> pods, V1Pod[] active, int terminating, DateTime now)
    {
        var parallelism = job.Spec.Parallelism ?? 1;
        var succeeded = plan.Tally.AllSucceeded;
        var wanted = job.Spec.Completions is { } completions
            ? Math.Min(parallelism, Math.Max(0, completions - succeeded))
            : succeeded > 0 ? Math.Min(active.Length, parallelism) : parallelism;
        if (active.Length > wanted)
        {
            return Removing(plan, active, active.Length - wanted, now);
        }

        var create = Math.Min(Burst, wanted - active.Length - (JobFacts.ReplacesFailedOnly(job) ? terminating : 0));
        var ready = JobBackoff.ReadyAt(job, pods);
        return create <= 0 ? plan
            : ready > now ? plan with { LookAgain = Earlier(plan.LookAgain, ready) }
            : plan with { Create = [.. Enumerable.Repeat(new JobPod(-1, 0), create)] };
    }

    private static JobPlan Indexed(V1Job job, JobPlan plan, IReadOnlyCollection<V1Pod> pods, V1Pod[] active, int terminating, DateTime now)
    {
        var completions = job.Spec.Completions ?? 0;
        var tally = plan.Tally;

        // One pod per index: the oldest stays, and none for an index that is decided or out of range.
        var kept = new HashSet<int>();
        var extra = active.OrderBy(PodFacts.Created)
            .Where(p => JobFacts.Index(p) is var i && (i < 0 || i >= completions || tally.Completed.Contains(i) || tally.FailedIndexes.Contains(i) || !kept.Add(i))).ToArray();
        var good = active.Except(extra).ToArray();
        var parallelism = job.Spec.Parallelism ?? 1;
        if (good.Length > parallelism)
        {
            return Removing(plan with { Delete = [.. extra], Active = good.Length }, good, good.Length - parallelism, now);
        }

        if (JobFacts.ReplacesFailedOnly(job))
        {
            kept.UnionWith(pods.Where(p => PodFacts.IsTerminating(p) && !PodFacts.IsFinished(p)).Select(JobFacts.Index));
        }

        var room = Math.Min(Burst, parallelism - good.Length - (JobFacts.ReplacesFailedOnly(job) ? terminating : 0));
        var open = Enumerable.Range(0, completions).Where(i => !kept.Contains(i) && !tally.Completed.Contains(i) && !tally.FailedIndexes.Contains(i));
        var create = ImmutableArray.CreateBuilder<JobPod>();
        var failures = pods.Where(p => JobFacts.HasFailed(job, p)).ToLookup(JobFacts.Index);
        var all = job.Spec.BackoffLimitPerIndex is null ? JobBackoff.ReadyAt(job, pods) : DateTime.MinValue;
        var again = plan.LookAgain;
        foreach (var index in open.Take(Math.Max(0, room)))
        {
            var last = failures[index].MaxBy(JobFacts.Failures);
            var count = last is null || job.Spec.BackoffLimitPerIndex is null ? 0 : JobFacts.Failures(last) + (FailurePolicy.Judge(job, last).Action == "Ignore" ? 0 : 1);
            var ready = count > 0 ? JobFacts.FinishedAt(last!) + JobBackoff.After(count) : all;
            if (ready > now)
            {
                again = Earlier(again, ready);
            }
            else
            {
                create.Add(new JobPod(index, count));
            }
        }

        return plan with { Create = create.ToImmutable(), Delete = [.. extra], Active = good.Length, LookAgain = again };
    }

    private static JobPlan Removing(JobPlan plan, V1Pod[] active, int count, DateTime now) => plan with
    {
        Delete = plan.Delete.AddRange(active.Order(new DeletionOrder(_ => 0, now)).Take(count)),
        Active = active.Length - count,
    };

    private static DateTime? Earlier(DateTime? a, DateTime? b) => a is null ? b : b is null ? a : a < b ? a : b;
}
