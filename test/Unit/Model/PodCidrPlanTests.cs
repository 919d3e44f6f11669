using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Unit.Model;

public sealed class PodCidrPlanTests
{
    [Fact]
    public void Nodes_get_the_lowest_free_ranges_in_the_order_of_their_names()
    {
        var plan = PodCidrPlan.Compile(Cluster(Node("c"), Node("a"), Node("b", "10.244.0.0/24")), Range("10.244.0.0/16"));
        Assert.Equal([("a", "10.244.1.0/24"), ("c", "10.244.2.0/24")], plan.Assignments.Select(a => (a.Node.Name, Assert.Single(a.PodCidrs).ToString())));
    }

    [Fact]
    public void A_range_that_became_free_is_given_again()
    {
        var plan = PodCidrPlan.Compile(Cluster(Node("a", "10.244.1.0/24"), Node("b")), Range("10.244.0.0/16"));
        Assert.Equal("10.244.0.0/24", Assert.Single(Assert.Single(plan.Assignments).PodCidrs).ToString());
    }

    [Fact]
    public void What_was_given_already_is_not_given_again_from_an_older_snapshot()
    {
        var given = ImmutableDictionary<string, ImmutableArray<IPNetwork>>.Empty.Add(Node("b").Uid, [IPNetwork.Parse("10.244.0.0/24")]);
        var plan = PodCidrPlan.Compile(Cluster(Node("a"), Node("b")), Range("10.244.0.0/16"), given);
        var only = Assert.Single(plan.Assignments);
        Assert.Equal(("a", "10.244.1.0/24"), (only.Node.Name, Assert.Single(only.PodCidrs).ToString()));
        Assert.Empty(plan.WithoutRange);
    }

    [Fact]
    public void Who_comes_too_late_is_named()
    {
        var plan = PodCidrPlan.Compile(Cluster(Node("a"), Node("b"), Node("c")), [new ClusterCidr(IPNetwork.Parse("10.0.0.0/25"), 26)]);
        Assert.Equal(2, plan.Assignments.Length);
        Assert.Equal("c", Assert.Single(plan.WithoutRange).Name);
    }

    [Fact]
    public void A_node_of_a_dual_stack_cluster_gets_a_range_of_each_family()
    {
        var plan = PodCidrPlan.Compile(Cluster(Node("a", "10.244.0.0/24"), Node("b")), [.. Range("10.244.0.0/16"), .. Range("fd00:10:244::/56")]);
        Assert.Equal(["10.244.1.0/24", "fd00:10:244::/64"], Assert.Single(plan.Assignments).PodCidrs.Select(c => c.ToString()));
    }

    [Fact]
    public void A_family_that_is_used_up_leaves_the_node_without_any_range()
    {
        var plan = PodCidrPlan.Compile(Cluster(Node("a"), Node("b")), [.. Range("10.244.0.0/16"), .. Range("fd00:10:244::/64")]);
        Assert.Equal("a", Assert.Single(plan.Assignments).Node.Name);
        Assert.Equal("b", Assert.Single(plan.WithoutRange).Name);
    }

    private static ImmutableArray<ClusterCidr> Range(string cidr) => [ClusterCidr.Of(IPNetwork.Parse(cidr))];

    private static ClusterSnapshot Cluster(params Node[] nodes) => new() { Nodes = nodes.ToImmutableDictionary(n => n.Name) };

    private static Node Node(string name, string? cidr = null) => new() { Name = name, Uid = name, PodCidrs = cidr is null ? [] : [IPNetwork.Parse(cidr)], Allocatable = default };
}
