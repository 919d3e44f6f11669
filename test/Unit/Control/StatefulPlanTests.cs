using CsCheck;
using k8s.Models;
using Vitrine.Control.Revisions;
using Vitrine.Control.Stateful;
using Xunit;

namespace Vitrine.Unit.Control;

public sealed class StatefulPlanTests
{
    [Fact]
    public void Pods_come_one_after_another()
    {
        Assert.Equal(0, Assert.Single(Plan(Set(3)).Create).Ordinal);
        Assert.Empty(Plan(Set(3), Pod(0, ready: false)).Create);
        Assert.Equal(1, Assert.Single(Plan(Set(3), Pod(0)).Create).Ordinal);
    }

    [Fact]
    public void In_parallel_they_come_together()
    {
        var set = Set(3);
        set.Spec.PodManagementPolicy = "Parallel";
        Assert.Equal([0, 1, 2], Plan(set).Create.Select(c => c.Ordinal));
    }

    [Fact]
    public void Numbers_may_start_elsewhere()
    {
        var set = Set(2);
        set.Spec.Ordinals = new V1StatefulSetOrdinals { Start = 5 };
        Assert.Equal(5, Assert.Single(Plan(set).Create).Ordinal);
    }

    [Fact]
    public void The_last_goes_first() => Assert.Equal("web-2", Assert.Single(Plan(Set(1), Pod(0), Pod(1), Pod(2)).Delete).Metadata.Name);

    [Fact]
    public void An_update_goes_from_the_last_to_the_partition()
    {
        var set = Set(3, partition: 1);
        Assert.Equal("web-2", Assert.Single(Plan(set, Pod(0, "old"), Pod(1, "old"), Pod(2, "old")).Delete).Metadata.Name);
        Assert.Empty(Plan(set, Pod(0, "old"), Pod(1, "old"), Pod(2, ready: false)).Delete);
        Assert.Equal("web-1", Assert.Single(Plan(set, Pod(0, "old"), Pod(1, "old"), Pod(2)).Delete).Metadata.Name);
        Assert.Empty(Plan(set, Pod(0, "old"), Pod(1), Pod(2)).Delete);
    }

    [Fact]
    public void OnDelete_leaves_the_update_to_the_user()
    {
        var set = Set(1);
        set.Spec.UpdateStrategy = new V1StatefulSetUpdateStrategy { Type = "OnDelete" };
        Assert.Empty(Plan(set, Pod(0, "old")).Delete);
        Assert.Equal("new", Assert.Single(Plan(set).Create).Revision);
    }

    [Fact]
    public void Below_the_partition_the_old_revision_is_made_again() => Assert.Equal("old", Assert.Single(Plan(Set(2, partition: 2), Pod(1, "old")).Create).Revision);

    [Fact]
    public void A_failed_pod_is_made_again_under_its_name() => Assert.Equal("web-0", Assert.Single(Plan(Set(1), Pod(0, phase: "Failed", ready: false)).Delete).Metadata.Name);

    [Fact]
    public void Order_holds_whatever_happens_and_the_rollout_ends() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[0, 1000].Array[120]).Sample((replicas, dice) =>
        {
            var (set, pods) = (Set(replicas), Enumerable.Range(0, replicas).Select(i => Pod(i, "old")).ToDictionary(p => p.Metadata.Name));
            set.Status = new V1StatefulSetStatus { CurrentRevision = "old", CurrentReplicas = replicas, Replicas = replicas };
            foreach (var die in dice)
            {
                var plan = StatefulPlan.Compile(set, pods.Values, set.Status.CurrentRevision, "new", Make.Now);
                set.Status = plan.Status;
                Assert.True(plan.Create.Length + plan.Delete.Length <= 1, "one step at a time");
                foreach (var one in plan.Create)
                {
                    pods.Add($"web-{one.Ordinal}", Pod(one.Ordinal, one.Revision, ready: false));
                }

                foreach (var gone in plan.Delete)
                {
                    pods.Remove(gone.Metadata.Name);
                }

                Assert.True(pods.Values.Count(p => p.Status.Conditions[0].Status == "True") >= replicas - 1, "more than one away");
                foreach (var pod in pods.Values.Where(_ => die % 3 == 0))
                {
                    pod.Status.Conditions[0].Status = "True";
                }
            }

            return set.Status.CurrentRevision == "new" && set.Status.UpdatedReplicas == replicas || dice.Count(d => d % 3 == 0) < (2 * replicas) + 2;
        });

    private static StatefulPlan Plan(V1StatefulSet set, params V1Pod[] pods) => StatefulPlan.Compile(set, pods, "old", "new", Make.Now);

    private static V1StatefulSet Set(int replicas, int partition = 0) => new()
    {
        Metadata = Make.Meta("web"),
        Spec = new V1StatefulSetSpec
        {
            Replicas = replicas,
            ServiceName = "web",
            Selector = new V1LabelSelector { MatchLabels = Make.Labels("a") },
            Template = Make.Template("a"),
            UpdateStrategy = new V1StatefulSetUpdateStrategy { Type = "RollingUpdate", RollingUpdate = new V1RollingUpdateStatefulSetStrategy { Partition = partition } },
        },
    };

    private static V1Pod Pod(int ordinal, string revision = "new", bool ready = true, string phase = "Running") =>
        Make.Pod($"web-{ordinal}", phase: phase, ready: ready, labels: new Dictionary<string, string>(Make.Labels("a")) { [Revision.HashLabel] = revision });
}
