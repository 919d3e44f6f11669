using CsCheck;
using k8s.Models;
using Vitrine.Control.Jobs;
using Xunit;

namespace Vitrine.Unit.Control;

public sealed class JobPlanTests
{
    private static readonly DateTime Now = Make.Now;

    [Fact]
    public void A_job_makes_no_more_pods_than_are_still_to_succeed()
    {
        Assert.Equal(3, JobPlan.Compile(Job(completions: 10, parallelism: 3), [], Now).Create.Length);
        var job = Job(completions: 10, parallelism: 3);
        job.Status = new V1JobStatus { Succeeded = 9 };
        Assert.Single(JobPlan.Compile(job, [], Now).Create);
    }

    [Fact]
    public void A_finished_pod_is_recorded_then_released_then_counted()
    {
        var job = Job();
        var pod = Pod(job, "a", "Succeeded");
        var first = JobPlan.Compile(job, [pod], Now).Tally;
        Assert.Equal((0, pod.Metadata.Uid, pod), (first.Succeeded, Assert.Single(first.UncountedSucceeded), Assert.Single(first.Release)));
        job.Status = new V1JobStatus { UncountedTerminatedPods = new V1UncountedTerminatedPods { Succeeded = [pod.Metadata.Uid] } };
        Assert.Equal(0, JobPlan.Compile(job, [pod], Now).Tally.Succeeded);
        pod.Metadata.Finalizers = null;
        var last = JobPlan.Compile(job, [pod], Now).Tally;
        Assert.Equal((1, 0), (last.Succeeded, last.UncountedSucceeded.Count));
    }

    [Fact]
    public void Failures_beyond_the_limit_fail_the_job_and_end_its_pods()
    {
        var job = Job(completions: 3, parallelism: 2);
        job.Spec.BackoffLimit = 0;
        var plan = JobPlan.Compile(job, [Pod(job, "a", "Failed"), Pod(job, "b", "Running")], Now);
        Assert.Equal(("BackoffLimitExceeded", false, "b"), (plan.Verdict!.Reason, plan.Verdict.Success, Assert.Single(plan.Delete).Metadata.Name));
        Assert.Empty(plan.Create);
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 20)]
    [InlineData(3, 40)]
    [InlineData(20, 600)]
    public void Each_failure_doubles_the_wait_to_ten_minutes(int failures, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), JobBackoff.After(failures));

    [Fact]
    public void A_failed_pod_is_replaced_after_the_wait_and_not_before()
    {
        var job = Job();
        var failed = Pod(job, "a", "Failed", finished: Now);
        var early = JobPlan.Compile(job, [failed], Now.AddSeconds(9));
        Assert.Equal((0, Now.AddSeconds(10)), (early.Create.Length, early.LookAgain));
        Assert.Single(JobPlan.Compile(job, [failed], Now.AddSeconds(10)).Create);
    }

    [Fact]
    public void Every_index_has_one_pod()
    {
        var job = Job(completions: 4, parallelism: 4, indexed: true);
        var plan = JobPlan.Compile(job, [Pod(job, "a", "Running", index: 1), Pod(job, "b", "Running", index: 1), Pod(job, "c", "Succeeded", index: 0)], Now);
        Assert.Equal([2, 3], plan.Create.Select(p => p.Index));
        Assert.Equal(1, JobFacts.Index(Assert.Single(plan.Delete)));
        Assert.Equal("0", IndexList.Format(plan.Tally.Completed));
    }

    [Fact]
    public void An_index_that_fails_too_often_fails_alone()
    {
        var job = Job(completions: 2, parallelism: 2, indexed: true);
        job.Spec.BackoffLimitPerIndex = 0;
        var plan = JobPlan.Compile(job, [Pod(job, "a", "Failed", index: 0), Pod(job, "b", "Running", index: 1)], Now);
        Assert.Equal([0], plan.Tally.FailedIndexes);
        Assert.Null(plan.Verdict);
        var over = JobPlan.Compile(job, [Pod(job, "a", "Failed", index: 0), Pod(job, "b", "Succeeded", index: 1)], Now);
        Assert.Equal("FailedIndexes", over.Verdict!.Reason);
    }

    [Theory]
    [InlineData("FailJob", 42, "PodFailurePolicy", 0)]
    [InlineData("Ignore", 42, null, 0)]
    [InlineData("Count", 42, null, 1)]
    [InlineData("FailJob", 7, null, 1)]
    public void A_rule_may_fail_the_job_or_ignore_the_failure(string action, int exit, string? reason, int failures)
    {
        var job = Job();
        job.Spec.PodFailurePolicy = new V1PodFailurePolicy { Rules = [new V1PodFailurePolicyRule { Action = action, OnExitCodes = new V1PodFailurePolicyOnExitCodesRequirement { OperatorProperty = "In", Values = [42] } }] };
        var plan = JobPlan.Compile(job, [Pod(job, "a", "Failed", exit: exit)], Now);
        Assert.Equal(reason, plan.Verdict?.Reason);
        if (reason is null)
        {
            Assert.Equal(failures, plan.Tally.AllFailed);
        }
        else
        {
            Assert.Equal("Container c for pod default/a failed with exit code 42 matching FailJob rule at index 0", plan.Verdict!.Message);
        }
    }

    [Fact]
    public void A_success_policy_needs_only_its_indexes()
    {
        var job = Job(completions: 5, parallelism: 5, indexed: true);
        job.Spec.SuccessPolicy = new V1SuccessPolicy { Rules = [new V1SuccessPolicyRule { SucceededIndexes = "0-1", SucceededCount = 1 }] };
        var plan = JobPlan.Compile(job, [Pod(job, "a", "Succeeded", index: 1), Pod(job, "b", "Running", index: 2)], Now);
        Assert.Equal((true, "SuccessPolicy"), (plan.Verdict!.Success, plan.Verdict.Reason));
    }

    [Fact]
    public void A_suspended_job_has_no_pods()
    {
        var job = Job();
        job.Spec.Suspend = true;
        Assert.Equal((0, 1), JobPlan.Compile(job, [Pod(job, "a", "Running")], Now) is var p ? (p.Create.Length, p.Delete.Length) : default);
    }

    [Fact]
    public void A_job_runs_to_its_end_and_never_exceeds_its_parallelism() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 6], Gen.Bool, Gen.Int[0, 99].Array[400]).Sample((completions, parallelism, indexed, dice) =>
        {
            var (job, pods, made, now) = (Job(completions, parallelism, indexed), new List<V1Pod>(), 0, Now);
            job.Spec.BackoffLimit = 100000;
            foreach (var die in dice)
            {
                now = now.AddMinutes(11);
                var plan = JobPlan.Compile(job, pods, now);
                job.Status = JobStatusPlan.Compile(job, plan, 0, now).Status;
                foreach (var released in plan.Tally.Release)
                {
                    released.Metadata.Finalizers = null;
                }

                foreach (var gone in plan.Delete)
                {
                    gone.Metadata.DeletionTimestamp = now;
                    gone.Status.Phase = "Failed";
                }

                pods.AddRange(plan.Create.Select(c => Pod(job, $"p{made++}", "Running", index: c.Index)));
                var running = pods.Where(p => p.Status.Phase == "Running").ToArray();
                Assert.True(running.Length <= parallelism, "more pods than parallelism");
                Assert.True(!indexed || running.Select(JobFacts.Index).Distinct().Count() == running.Length, "two pods of one index");
                foreach (var (i, pod) in running.Index())
                {
                    pod.Status.Phase = ((die >> (i % 5)) & 3) switch { 0 => "Succeeded", 1 => "Failed", _ => "Running" };
                    pod.Status.ContainerStatuses = [Ended(now, pod.Status.Phase == "Failed" ? 1 : 0)];
                }

                if (JobFacts.IsFinished(job))
                {
                    return job.Status.Succeeded == completions && job.Status.CompletionTime is not null;
                }
            }

            return (job.Status.Succeeded ?? 0) <= completions;
        });

    [Fact]
    public void Index_lists_survive_the_way_there_and_back() => Gen.Int[0, 60].Array[0, 40].Sample(all =>
    {
        var set = new SortedSet<int>(all);
        return IndexList.Parse(IndexList.Format(set), 61).SetEquals(set);
    });

    private static V1Job Job(int? completions = 1, int parallelism = 1, bool indexed = false) => new()
    {
        Metadata = Make.Meta("job"),
        Spec = new V1JobSpec { Completions = completions, Parallelism = parallelism, CompletionMode = indexed ? "Indexed" : "NonIndexed", Template = Make.Template("a") },
    };

    private static V1Pod Pod(V1Job job, string name, string phase, int index = -1, DateTime? finished = null, int exit = 1)
    {
        var pod = Make.Pod(name, job.Metadata, phase: phase);
        pod.Metadata.Finalizers = [JobFacts.TrackingFinalizer];
        pod.Metadata.Annotations = index < 0 ? null : new Dictionary<string, string> { [JobFacts.IndexAnnotation] = $"{index}" };
        pod.Status.ContainerStatuses = phase is "Failed" or "Succeeded" ? [Ended(finished ?? Now.AddHours(-1), phase == "Failed" ? exit : 0)] : null;
        return pod;
    }

    private static V1ContainerStatus Ended(DateTime at, int exit) => new() { Name = "c", Image = "nginx", ImageID = "", State = new V1ContainerState { Terminated = new V1ContainerStateTerminated { ExitCode = exit, FinishedAt = at } } };
}
