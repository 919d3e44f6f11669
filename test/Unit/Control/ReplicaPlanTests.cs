using k8s.Models;
using Vitrine.Control.Pods;
using Vitrine.Control.Replicas;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Unit.Control;

public sealed class ReplicaPlanTests
{
    private static readonly DateTime Now = Make.Now;

    [Fact]
    public void What_is_missing_is_made() => Assert.Equal(2, Plan(3, Make.Pod("a")).Create);

    [Fact]
    public void No_more_than_a_burst_is_made_at_once() => Assert.Equal(ReplicaPlan.Burst, Plan(2000).Create);

    [Fact]
    public void Finished_and_terminating_pods_are_replaced()
    {
        var going = Make.Pod("b");
        going.Metadata.DeletionTimestamp = Now;
        var plan = Plan(2, Make.Pod("a", phase: "Failed"), going);
        Assert.Equal((2, 0), (plan.Create, plan.Counts.Replicas));
    }

    [Fact]
    public void An_owner_on_its_way_out_makes_nothing()
    {
        var owner = Owner(3);
        owner.Metadata.DeletionTimestamp = Now;
        Assert.Equal(0, ReplicaPlan.Compile(owner, [], () => [], Now).Create);
    }

    [Fact]
    public void The_unscheduled_go_first_then_pending_then_unready_then_cheap_then_the_young()
    {
        var cheap = Make.Pod("cheap");
        cheap.Metadata.Annotations = new Dictionary<string, string> { [DeletionOrder.CostAnnotation] = "-5" };
        var young = Make.Pod("young", readySince: Now.AddSeconds(-2));
        V1Pod[] pods = [Make.Pod("old"), young, cheap, Make.Pod("unready", ready: false), Make.Pod("pending", phase: "Pending", ready: false), Make.Pod("unscheduled", node: null, phase: "Pending", ready: false)];
        Assert.Equal(
            ["unscheduled", "pending", "unready", "cheap", "young"],
            Plan(1, pods).Delete.Select(p => p.Metadata.Name));
    }

    [Fact]
    public void Of_equal_pods_the_one_on_the_fuller_node_goes()
    {
        V1Pod[] pods = [Make.Pod("lonely", node: "n1"), Make.Pod("crowded", node: "n2"), Make.Pod("crowd", node: "n2")];
        Assert.Equal("n2", Assert.Single(Plan(2, pods).Delete).Spec.NodeName);
    }

    [Fact]
    public void A_pod_is_available_only_after_minReadySeconds()
    {
        var owner = Owner(2) with { MinReadySeconds = 30 };
        var plan = ReplicaPlan.Compile(owner, [Make.Pod("a"), Make.Pod("b", readySince: Now.AddSeconds(-10))], () => [], Now);
        Assert.Equal((2, 1, Now.AddSeconds(20)), (plan.Counts.Ready, plan.Counts.Available, plan.NextAvailable));
    }

    [Fact]
    public void Orphans_it_selects_are_adopted_and_what_it_no_longer_selects_is_let_go()
    {
        var owner = Owner(1);
        var stranger = Make.Pod("stranger", labels: Make.Labels("b"));
        var claim = ClaimPlan<V1Pod>.Compile(owner.Metadata, owner.Selector, [Make.Pod("mine"), Make.Pod("relabelled", labels: Make.Labels("b"))], [Make.Pod("orphan"), stranger]);
        Assert.Equal(("mine", "orphan", "relabelled"), (Assert.Single(claim.Held).Metadata.Name, Assert.Single(claim.Adopted).Metadata.Name, Assert.Single(claim.Released).Metadata.Name));
    }

    private static ReplicaPlan Plan(int replicas, params V1Pod[] pods) => ReplicaPlan.Compile(Owner(replicas), pods, () => pods, Now);

    private static ReplicaOwner Owner(int replicas) => new(Make.Meta("rs"), LabelSelector.Of(Make.Labels("a")), replicas, 0, Make.Template("a"));
}
