using System.Collections.Immutable;
using CsCheck;
using Vitrine.Model;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Unit.Model;

public sealed class SchedulePlanTests
{
    [Fact]
    public void A_pod_goes_to_the_emptier_node()
    {
        var plan = SchedulePlan.Compile(Cluster([Node("a"), Node("b")], [Pod("old", cpu: 1500) with { NodeName = "a" }, Pod("new", cpu: 100)]));
        Assert.Equal("b", Assert.Single(plan.Bindings).NodeName);
    }

    [Fact]
    public void Pods_of_one_look_spread_because_each_counts_for_the_next()
    {
        var plan = SchedulePlan.Compile(Cluster([Node("a"), Node("b")], [Pod("1", cpu: 500), Pod("2", cpu: 500)]));
        Assert.Equal(["a", "b"], plan.Bindings.Select(b => b.NodeName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_more_important_pod_gets_the_last_place()
    {
        var plan = SchedulePlan.Compile(Cluster([Node("a")], [Pod("small", cpu: 1500), Pod("vip", cpu: 1500) with { Priority = 10 }]));
        Assert.Equal("vip", Assert.Single(plan.Bindings).Pod.Name);
        Assert.Equal(
            "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.",
            Assert.Single(plan.Unschedulable).Message);
    }

    [Fact]
    public void Every_objection_is_counted_in_the_message()
    {
        var nodes = new[]
        {
            Node("cordoned") with { Unschedulable = true },
            Node("down") with { Ready = false },
            Node("tainted") with { Taints = [new Taint("gpu", "yes", "NoSchedule")] },
            Node("full") with { Pods = 0, Labels = ImmutableDictionary<string, string>.Empty.Add("disk", "ssd") },
            Node("other"),
        };
        var pod = Pod("p") with { NodeSelector = ImmutableDictionary<string, string>.Empty.Add("disk", "ssd") };
        Assert.Equal(
            "0/5 nodes are available: 1 Too many pods, 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had untolerated taint {gpu: yes}, 1 node(s) were not ready, 1 node(s) were unschedulable. preemption: 0/5 nodes are available: 1 No preemption victims found for incoming pod, 4 Preemption is not helpful for scheduling.",
            Assert.Single(SchedulePlan.Compile(Cluster(nodes, [pod])).Unschedulable).Message);
    }

    [Theory]
    [InlineData("gpu", "Equal", "yes", "NoSchedule", true)]
    [InlineData("gpu", "Equal", "no", "NoSchedule", false)]
    [InlineData("gpu", "Exists", "", "", true)]
    [InlineData("", "Exists", "", "", true)]
    [InlineData("gpu", "Exists", "", "NoExecute", false)]
    public void A_toleration_opens_a_tainted_node(string key, string op, string value, string effect, bool fits)
    {
        var pod = Pod("p") with { Tolerations = [new Toleration(key, op, value, effect)] };
        var plan = SchedulePlan.Compile(Cluster([Node("n") with { Taints = [new Taint("gpu", "yes", "NoSchedule")] }], [pod]));
        Assert.Equal(fits, plan.Bindings.Length == 1);
    }

    [Fact]
    public void Without_nodes_it_says_so() =>
        Assert.Equal("no nodes available to schedule pods", Assert.Single(SchedulePlan.Compile(Cluster([], [Pod("p")])).Unschedulable).Message);

    [Fact]
    public void Bound_finished_terminating_and_foreign_pods_are_left_alone() =>
        Assert.Empty(SchedulePlan.Compile(Cluster(
            [Node("n")],
            [Pod("bound") with { NodeName = "n" }, Pod("done") with { Finished = true }, Pod("going") with { Terminating = true }, Pod("theirs") with { SchedulerName = "mine" }])).Bindings);

    [Fact]
    public void No_node_is_ever_promised_more_than_it_has() =>
        Gen.Int[1, 900].Array[0, 40].Sample(cpus =>
        {
            var snapshot = Cluster([Node("a"), Node("b")], [.. cpus.Select((c, i) => Pod($"p{i}", c))]);
            var plan = SchedulePlan.Compile(snapshot);
            return plan.Bindings.Length + plan.Unschedulable.Length == cpus.Length
                && plan.Bindings.GroupBy(b => b.NodeName).All(g => g.Sum(b => b.Pod.Requests.Cpu.Milli) <= 2000);
        });

    private static ClusterSnapshot Cluster(Node[] nodes, Pod[] pods) => new()
    {
        Nodes = nodes.ToImmutableDictionary(n => n.Name),
        Pods = pods.ToImmutableDictionary(p => p.Key),
    };

    private static Node Node(string name) => new()
    {
        Name = name, Uid = name, Ready = true, Allocatable = new Resources(Quantity.Parse("2"), Quantity.Parse("4Gi")), Pods = 110,
    };

    private static Pod Pod(string name, int cpu = 0) => new()
    {
        Namespace = "default", Name = name, Uid = name, SchedulerName = SchedulePlan.SchedulerName, Requests = new Resources(new Quantity(cpu), default),
    };
}
