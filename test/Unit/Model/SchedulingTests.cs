using System.Collections.Immutable;
using k8s.Models;
using Vitrine.Model;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Scheduling;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Unit.Model;

public sealed class SchedulingTests
{
    private static readonly string[] Zones = ["east", "west"];

    [Fact]
    public void Replicas_of_one_owner_are_spread_over_nodes()
    {
        var pods = Enumerable.Range(0, 3).Select(i => Pod($"p{i}") with { Owner = "rs" }).ToArray();
        Assert.Equal([1, 2], Place(2, pods).Bindings.CountBy(b => b.NodeName).Select(c => c.Value).Order());
    }

    [Theory]
    [InlineData("In", new[] { "east" }, new[] { "n0", "n2" })]
    [InlineData("NotIn", new[] { "east" }, new[] { "n1" })]
    [InlineData("Exists", new string[0], new[] { "n0", "n1", "n2" })]
    [InlineData("DoesNotExist", new string[0], new string[0])]
    public void Required_node_affinity_chooses_among_nodes(string op, string[] values, string[] nodes)
    {
        var terms = ImmutableArray.Create(new NodeTerm(new LabelSelector([new LabelRequirement("zone", op, [.. values])]), LabelSelector.Everything));
        var plan = Place(3, [.. Enumerable.Range(0, 12).Select(i => Pod($"p{i}") with { Owner = "rs", Scheduling = new PodScheduling { RequiredNodes = terms } })]);
        Assert.Equal(nodes, plan.Bindings.Select(b => b.NodeName).Distinct().Order());
    }

    [Fact]
    public void A_field_term_names_one_node()
    {
        var term = new NodeTerm(LabelSelector.Everything, new LabelSelector([new LabelRequirement("metadata.name", "In", ["n2"])]));
        Assert.Equal("n2", Assert.Single(Place(3, Pod("p") with { Scheduling = new PodScheduling { RequiredNodes = [term] } }).Bindings).NodeName);
    }

    [Fact]
    public void Numbers_compare_by_Gt_and_Lt()
    {
        Assert.True(new LabelRequirement("cores", "Gt", ["8"]).Matches(new Dictionary<string, string> { ["cores"] = "16" }));
        Assert.False(new LabelRequirement("cores", "Lt", ["8"]).Matches(new Dictionary<string, string> { ["cores"] = "16" }));
        Assert.False(new LabelRequirement("cores", "Gt", ["8"]).Matches(new Dictionary<string, string> { ["cores"] = "many" }));
    }

    [Fact]
    public void Anti_affinity_gives_each_a_node_of_its_own()
    {
        var plan = Place(2, [.. Enumerable.Range(0, 3).Select(i => Pod($"p{i}") with { Scheduling = new PodScheduling { AntiAffinity = [Near("host")] } })]);
        Assert.Equal(["n0", "n1"], plan.Bindings.Select(b => b.NodeName).Order());
        Assert.StartsWith("0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.", Assert.Single(plan.Unschedulable).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Anti_affinity_holds_against_those_who_come_later()
    {
        var there = Pod("there") with { NodeName = "n0", Scheduling = new PodScheduling { AntiAffinity = [Near("host")] } };
        var plan = Place(1, there, Pod("new"));
        Assert.Contains("didn't satisfy existing pods anti-affinity rules", Assert.Single(plan.Unschedulable).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Affinity_joins_the_first_which_may_go_anywhere()
    {
        var plan = Place(4, [.. Enumerable.Range(0, 4).Select(i => Pod($"p{i}") with { Owner = "rs", Scheduling = new PodScheduling { Affinity = [Near("zone")] } })]);
        Assert.Equal(4, plan.Bindings.Length);
        Assert.Single(plan.Bindings.Select(b => int.Parse(b.NodeName[1..]) % 2).Distinct());
    }

    [Fact]
    public void Affinity_to_nobody_waits() =>
        Assert.Contains("didn't match pod affinity rules", Assert.Single(Place(2, Pod("p", app: "other") with { Scheduling = new PodScheduling { Affinity = [Near("zone")] } }).Unschedulable).Message, StringComparison.Ordinal);

    [Fact]
    public void Hard_spread_never_exceeds_its_skew()
    {
        var spread = new SpreadConstraint(1, "zone", true, LabelSelector.Of([new("app", "a")]), 1, true, false);
        var plan = Place(3, [.. Enumerable.Range(0, 6).Select(i => Pod($"p{i}") with { Scheduling = new PodScheduling { Spread = [spread] } })]);
        Assert.Equal([3, 3], plan.Bindings.CountBy(b => Zones[int.Parse(b.NodeName[1..]) % 2]).Select(c => c.Value));
    }

    [Fact]
    public void A_host_port_is_given_once_per_node()
    {
        var scheduling = new PodScheduling { HostPorts = [new HostPort("", "TCP", 80)] };
        var plan = Place(2, [.. Enumerable.Range(0, 3).Select(i => Pod($"p{i}") with { Scheduling = scheduling })]);
        Assert.Equal(2, plan.Bindings.Length);
        Assert.Contains("2 node(s) didn't have free ports for the requested pod ports", Assert.Single(plan.Unschedulable).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gated_pod_is_not_looked_at() =>
        Assert.Equal((0, 0), Place(1, Pod("p") with { Scheduling = new PodScheduling { Gates = ["wait"] } }) is var p ? (p.Bindings.Length, p.Unschedulable.Length) : default);

    [Fact]
    public void Preemption_takes_the_least_important_and_as_few_as_it_needs()
    {
        Pod[] there = [Pod("low", 900) with { NodeName = "n0", Priority = 1 }, Pod("mid", 900) with { NodeName = "n0", Priority = 5 }, Pod("high", 1900) with { NodeName = "n1", Priority = 50 }];
        var plan = Place(2, [.. there, Pod("vip", 1000) with { Priority = 100 }]);
        var preemption = Assert.Single(plan.Preemptions);
        Assert.Equal(("n0", "low"), (preemption.NodeName, Assert.Single(preemption.Victims).Name));
        Assert.Equal("0/2 nodes are available: 2 Insufficient cpu.", Assert.Single(plan.Unschedulable).Message);
    }

    [Fact]
    public void Preemption_prefers_pods_no_budget_protects()
    {
        Pod[] there = [Pod("kept", 1900) with { NodeName = "n0" }, Pod("free", 1900, app: "b") with { NodeName = "n1" }];
        var inputs = new ScheduleInputs { Budgets = [new DisruptionBudget("default", LabelSelector.Of([new("app", "a")]), 0)] };
        var plan = SchedulePlan.Compile(Cluster(2, [.. there, Pod("vip", 1000) with { Priority = 100 }]), inputs);
        Assert.Equal("free", Assert.Single(Assert.Single(plan.Preemptions).Victims).Name);
    }

    [Fact]
    public void Who_never_preempts_waits()
    {
        var plan = Place(1, Pod("low", 1900) with { NodeName = "n0" }, Pod("vip", 1000) with { Priority = 100, Scheduling = new PodScheduling { NeverPreempts = true } });
        Assert.Empty(plan.Preemptions);
        Assert.EndsWith("preemption: not eligible due to preemptionPolicy=Never.", Assert.Single(plan.Unschedulable).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Preferred_affinity_decides_between_equals()
    {
        var scheduling = new PodScheduling { PreferredNodes = [new(50, new NodeTerm(LabelSelector.Of([new("zone", "west")]), LabelSelector.Everything))] };
        Assert.Equal("n1", Assert.Single(Place(2, Pod("p") with { Scheduling = scheduling }).Bindings).NodeName);
    }

    [Fact]
    public void Five_hundred_pods_find_their_places_on_a_hundred_nodes()
    {
        var spread = new SpreadConstraint(5, "host", true, LabelSelector.Of([new("app", "a")]), 1, true, false);
        var plan = Place(100, [.. Enumerable.Range(0, 500).Select(i => Pod($"p{i}", 10) with { Owner = "rs", Scheduling = new PodScheduling { Spread = [spread] } })]);
        Assert.Equal(500, plan.Bindings.Length);
    }

    [Fact]
    public void Match_label_keys_narrow_a_term_to_the_pods_own_revision()
    {
        var pod = new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = "p", NamespaceProperty = "default", Uid = "u", Labels = new Dictionary<string, string> { ["app"] = "a", ["pod-template-hash"] = "x" } },
            Spec = new V1PodSpec
            {
                Containers = [new V1Container { Name = "c" }],
                TopologySpreadConstraints = [new V1TopologySpreadConstraint { MaxSkew = 1, TopologyKey = "zone", WhenUnsatisfiable = "DoNotSchedule", MatchLabelKeys = ["pod-template-hash"], LabelSelector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = "a" } } }],
            },
        };
        var selector = Assert.Single(SnapshotReader.Read(pod).Scheduling!.Spread).Selector;
        Assert.False(selector.Matches(new Dictionary<string, string> { ["app"] = "a", ["pod-template-hash"] = "y" }));
        Assert.True(selector.Matches(pod.Metadata.Labels));
    }

    private static PodTerm Near(string key) => new(LabelSelector.Of([new("app", "a")]), ["default"], null, key);

    private static SchedulePlan Place(int nodes, params Pod[] pods) => SchedulePlan.Compile(Cluster(nodes, pods));

    private static ClusterSnapshot Cluster(int nodes, Pod[] pods) => new()
    {
        Nodes = Enumerable.Range(0, nodes).Select(i => new Node
        {
            Name = $"n{i}",
            Uid = $"n{i}",
            Ready = true,
            Labels = ImmutableDictionary<string, string>.Empty.Add("host", $"n{i}").Add("zone", Zones[i % 2]),
            Allocatable = new Resources(Quantity.Parse("2"), Quantity.Parse("4Gi")),
            Pods = 110,
        }).ToImmutableDictionary(n => n.Name),
        Pods = pods.ToImmutableDictionary(p => p.Key),
    };

    private static Pod Pod(string name, int cpu = 0, string app = "a") => new()
    {
        Namespace = "default",
        Name = name,
        Uid = name,
        SchedulerName = SchedulePlan.SchedulerName,
        Requests = new Resources(new Quantity(cpu), default),
        Labels = ImmutableDictionary<string, string>.Empty.Add("app", app),
    };
}
