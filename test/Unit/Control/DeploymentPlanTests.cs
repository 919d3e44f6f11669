using CsCheck;
using k8s.Models;
using Vitrine.Control.Deployments;
using Xunit;

namespace Vitrine.Unit.Control;

public sealed class DeploymentPlanTests
{
    [Fact]
    public void The_first_ReplicaSet_gets_all_replicas() => Assert.Equal(3, Compile(Make.Deployment(3)).Create);

    [Fact]
    public void A_new_template_starts_with_what_maxSurge_leaves_room_for() =>
        Assert.Equal(1, Compile(Make.Deployment(4, image: "new"), Set("old", 4, 4)).Create);

    [Fact]
    public void A_full_new_set_lets_the_old_one_shrink_by_maxUnavailable()
    {
        var change = Assert.Single(Compile(Make.Deployment(4), Set("old", 4, 4, image: "old"), Set("new", 1, 0, revision: 2, desired: 4, max: 5)).Changes);
        Assert.Equal(("old", 3), (change.Set.Metadata.Name, change.Replicas));
    }

    [Fact]
    public void Unhealthy_old_replicas_go_first()
    {
        var broken = Set("broken", 2, 0, image: "broken");
        var changes = Compile(Make.Deployment(4, unavailable: "0", surge: "1"), broken, Set("good", 3, 3, image: "good"), Set("new", 0, 0, revision: 2, desired: 4, max: 5)).Changes;
        Assert.Equal(("broken", 1), (Assert.Single(changes).Set.Metadata.Name, changes[0].Replicas));
    }

    [Fact]
    public void Recreate_waits_for_the_last_old_pod()
    {
        var deployment = Make.Deployment(2, recreate: true);
        Assert.Equal(0, Assert.Single(Compile(deployment, Set("old", 2, 2, image: "old")).Changes).Replicas);
        var emptied = Set("old", 0, 0, image: "old");
        Assert.Null(DeploymentPlan.Compile(Rollout.Of(deployment, [emptied]), _ => true).Create);
        Assert.Equal(2, DeploymentPlan.Compile(Rollout.Of(deployment, [emptied]), _ => false).Create);
    }

    [Fact]
    public void Rolling_back_uses_the_old_ReplicaSet_again_with_a_new_revision()
    {
        var one = Set("one", 0, 0, image: "nginx", revision: 1);
        var two = Set("two", 3, 3, image: "bad", revision: 2);
        var change = Assert.Single(Compile(Make.Deployment(3), one, two).Changes);
        Assert.Equal(("one", "3", "1"), (change.Set.Metadata.Name, change.Annotations[Annotations.Revision], change.Annotations[Annotations.RevisionHistory]));
    }

    [Fact]
    public void A_size_change_in_mid_rollout_is_shared_in_proportion()
    {
        // The example of the Kubernetes documentation: 10 → 15 with maxSurge 3, maxUnavailable 2, sets of 8 and 5.
        var plan = Compile(Make.Deployment(15, surge: "3", unavailable: "2"), Set("old", 8, 8, image: "old", desired: 10, max: 13), Set("new", 5, 0, desired: 10, max: 13));
        Assert.Equal([("new", 7), ("old", 11)], plan.Changes.Select(c => (c.Set.Metadata.Name, c.Replicas)).Order());
    }

    [Fact]
    public void A_paused_Deployment_scales_but_does_not_roll()
    {
        var deployment = Make.Deployment(5, image: "new");
        deployment.Spec.Paused = true;
        var plan = Compile(deployment, Set("old", 3, 3, image: "old"));
        Assert.Null(plan.Create);
        Assert.Equal(5, Assert.Single(plan.Changes).Replicas);
    }

    [Fact]
    public void History_beyond_the_limit_goes_the_oldest_first()
    {
        var deployment = Make.Deployment(1);
        deployment.Spec.RevisionHistoryLimit = 1;
        var plan = Compile(deployment, Set("a", 0, 0, image: "a", revision: 1), Set("b", 0, 0, image: "b", revision: 2), Set("now", 1, 1, revision: 3, desired: 1, max: 2));
        Assert.Equal("a", Assert.Single(plan.Delete).Metadata.Name);
    }

    [Fact]
    public void Rollouts_keep_within_surge_and_unavailable_and_end()
    {
        var random = Gen.Select(Gen.Int[1, 12], Gen.Int[0, 100], Gen.Int[0, 100], Gen.Int[0, 1000].Array[200], Gen.Int[1, 3]);
        random.Sample((replicas, surge, unavailable, dice, olds) =>
        {
            var deployment = Make.Deployment(replicas, $"{surge}%", $"{unavailable}%", "new");
            var sets = new List<V1ReplicaSet> { Set("old", replicas, replicas, image: "old", desired: replicas, max: replicas) };
            for (var round = 0; round < 200; round++)
            {
                var rollout = Rollout.Of(deployment, sets);
                var plan = DeploymentPlan.Compile(rollout, _ => false);
                Apply(plan, sets, replicas, rollout.MaxSurge);
                Assert.True(sets.Sum(Rollout.Size) <= replicas + rollout.MaxSurge, "more pods than maxSurge allows");
                Assert.True(sets.Sum(Rollout.Available) >= replicas - rollout.MaxUnavailable, "fewer available pods than maxUnavailable allows");
                Become(sets, dice[round]);
            }

            return sets.Single(s => s.Metadata.Name == "new").Status.AvailableReplicas == replicas && Rollout.Size(sets[0]) == 0;
        });
    }

    [Theory]
    [InlineData("25%", "25%", 4, 1, 1)]
    [InlineData("25%", "25%", 1, 1, 0)]
    [InlineData("0", "0%", 3, 0, 1)]
    [InlineData("2", "30%", 10, 2, 3)]
    public void Surge_rounds_up_and_unavailable_down(string surge, string unavailable, int replicas, int up, int down) =>
        Assert.Equal((up, down), Rounding.Fenceposts(surge, unavailable, replicas));

    private static void Apply(DeploymentPlan plan, List<V1ReplicaSet> sets, int replicas, int surge)
    {
        if (plan.Create is { } size)
        {
            sets.Add(Set("new", size, 0, image: "new", desired: replicas, max: replicas + surge));
        }

        foreach (var change in plan.Changes)
        {
            var set = change.Set;
            set.Spec.Replicas = change.Replicas;
            set.Metadata.Annotations = change.Annotations;
            set.Status.AvailableReplicas = Math.Min(Rollout.Available(set), change.Replicas);
            set.Status.Replicas = change.Replicas;
        }
    }

    /// <summary>Some of the pods that are not available become so.</summary>
    private static void Become(List<V1ReplicaSet> sets, int die)
    {
        foreach (var set in sets)
        {
            var missing = Rollout.Size(set) - Rollout.Available(set);
            set.Status.AvailableReplicas = Rollout.Available(set) + (missing == 0 ? 0 : die % (missing + 1));
        }
    }

    private static DeploymentPlan Compile(V1Deployment deployment, params V1ReplicaSet[] sets) => DeploymentPlan.Compile(Rollout.Of(deployment, sets), _ => false);

    private static V1ReplicaSet Set(string name, int size, int available, string image = "nginx", long revision = 1, int? desired = null, int? max = null)
    {
        var meta = Make.Meta(name, labels: Make.Labels("a"));
        meta.Annotations = new Dictionary<string, string> { [Annotations.Revision] = $"{revision}" };
        if (desired is not null)
        {
            Annotations.SetSizes(meta.Annotations, desired.Value, max!.Value);
        }

        return new V1ReplicaSet
        {
            Metadata = meta,
            Spec = new V1ReplicaSetSpec { Replicas = size, Template = Make.Template("a", image), Selector = new V1LabelSelector { MatchLabels = Make.Labels("a") } },
            Status = new V1ReplicaSetStatus { Replicas = size, AvailableReplicas = available, ReadyReplicas = available, ObservedGeneration = 1 },
        };
    }
}
