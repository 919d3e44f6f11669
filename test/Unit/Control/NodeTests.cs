using k8s.Models;
using Vitrine.Control.Disruption;
using Vitrine.Control.Nodes;
using Xunit;

namespace Vitrine.Unit.Control;

public sealed class NodeTests
{
    private static readonly DateTime Now = Make.Now;

    [Fact]
    public void A_silent_node_is_unknown_and_tainted_unreachable()
    {
        var plan = NodeHealthPlan.Compile(Node(), silent: true, evict: true, Now);
        Assert.All(plan.Conditions, c => Assert.Equal("Unknown", c.Status));
        Assert.Equal("NodeStatusUnknown", plan.Conditions.Single(c => c.Type == "Ready").Reason);
        Assert.Equal([(NodeHealthPlan.Unreachable, "NoSchedule"), (NodeHealthPlan.Unreachable, "NoExecute")], plan.Taints!.Select(t => (t.Key, t.Effect)));
    }

    [Fact]
    public void A_node_that_comes_back_loses_our_taints_and_keeps_others()
    {
        var node = Node(taints: [new V1Taint { Key = NodeHealthPlan.Unreachable, Effect = "NoExecute" }, new V1Taint { Key = "gpu", Effect = "NoSchedule" }]);
        Assert.Equal("gpu", Assert.Single(NodeHealthPlan.Compile(node, false, true, Now).Taints!).Key);
    }

    [Fact]
    public void A_healthy_node_is_left_alone() => Assert.Null(NodeHealthPlan.Compile(Node(), false, true, Now).Taints);

    [Fact]
    public void A_cordon_and_a_pressure_become_taints()
    {
        var node = Node();
        node.Spec.Unschedulable = true;
        node.Status.Conditions.Add(new V1NodeCondition { Type = "DiskPressure", Status = "True" });
        Assert.Equal(["node.kubernetes.io/disk-pressure", "node.kubernetes.io/unschedulable"], NodeHealthPlan.Compile(node, false, true, Now).Taints!.Select(t => t.Key).Order());
    }

    [Fact]
    public void While_no_node_is_ready_nobody_is_evicted() =>
        Assert.DoesNotContain(NodeHealthPlan.Compile(Node(), silent: true, evict: false, Now).Taints!, t => t.Effect == "NoExecute");

    [Theory]
    [InlineData(null, 0)]
    [InlineData(300L, 300)]
    [InlineData(-5L, 0)]
    public void Tolerations_delay_the_eviction(long? seconds, int after)
    {
        var pod = Make.Pod("p");
        pod.Spec.Tolerations = seconds is null ? null : [new V1Toleration { Key = NodeHealthPlan.Unreachable, OperatorProperty = "Exists", Effect = "NoExecute", TolerationSeconds = seconds }];
        Assert.Equal(Now.AddSeconds(after), TaintEvictionPlan.LeavesAt(pod, [new V1Taint { Key = NodeHealthPlan.Unreachable, Effect = "NoExecute", TimeAdded = Now }], Now));
    }

    [Fact]
    public void Who_tolerates_for_ever_stays()
    {
        var pod = Make.Pod("p");
        pod.Spec.Tolerations = [new V1Toleration { OperatorProperty = "Exists" }];
        Assert.Null(TaintEvictionPlan.LeavesAt(pod, [new V1Taint { Key = "x", Effect = "NoExecute" }], Now));
    }

    [Fact]
    public void Pods_of_nodes_that_are_gone_and_the_oldest_finished_ones_are_removed()
    {
        var (orphan, fresh, old, young) = (Make.Pod("orphan", node: "gone"), Make.Pod("fresh", node: "just-gone"), Make.Pod("old", phase: "Succeeded"), Make.Pod("young", phase: "Failed"));
        old.Metadata.CreationTimestamp = Now.AddDays(-2);
        var plan = PodGcPlan.Compile([orphan, fresh, old, young, Make.Pod("alive")], n => n == "n1" ? Node() : null, n => n == "gone", threshold: 1);
        Assert.Equal(["orphan", "old"], plan.Removals.Select(r => r.Pod.Metadata.Name));
    }

    [Theory]
    [InlineData("50%", null, 2, 1)]
    [InlineData("2", null, 2, 1)]
    [InlineData(null, "1", 3, 0)]
    [InlineData(null, "50%", 2, 1)]
    public void A_budget_allows_what_the_healthy_exceed(string? least, string? most, int desired, int allowed)
    {
        var budget = new V1PodDisruptionBudget { Metadata = Make.Meta("pdb"), Spec = new V1PodDisruptionBudgetSpec { MinAvailable = least is null ? null : (IntOrString)least, MaxUnavailable = most is null ? null : (IntOrString)most } };
        V1Pod[] pods = [Make.Pod("a"), Make.Pod("b"), Make.Pod("c"), Make.Pod("d", ready: false)];
        var status = DisruptionPlan.Compile(budget, pods, _ => ("rs", 4), Now).Status;
        Assert.Equal((3, desired, allowed), (status.CurrentHealthy, status.DesiredHealthy, status.DisruptionsAllowed));
    }

    [Fact]
    public void An_eviction_under_way_counts_against_the_budget_until_it_expires()
    {
        var budget = new V1PodDisruptionBudget
        {
            Metadata = Make.Meta("pdb"),
            Spec = new V1PodDisruptionBudgetSpec { MinAvailable = 1 },
            Status = new V1PodDisruptionBudgetStatus { DisruptedPods = new Dictionary<string, DateTime?> { ["a"] = Now.AddMinutes(-1) } },
        };
        V1Pod[] pods = [Make.Pod("a"), Make.Pod("b")];
        Assert.Equal(0, DisruptionPlan.Compile(budget, pods, _ => null, Now).Status.DisruptionsAllowed);
        Assert.Equal(1, DisruptionPlan.Compile(budget, pods, _ => null, Now.AddMinutes(2)).Status.DisruptionsAllowed);
    }

    private static V1Node Node(V1Taint[]? taints = null) => new()
    {
        Metadata = Make.Meta("n1"),
        Spec = new V1NodeSpec { Taints = taints },
        Status = new V1NodeStatus { Conditions = [new V1NodeCondition { Type = "Ready", Status = "True" }] },
    };
}
