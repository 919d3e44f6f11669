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
        var plan = PodCidrPlan.Compile(Cluster(Node("c"), Node("a"), Node("b", "10.244.0.0/24")), IPNetwork.Parse("10.244.0.0/16"), 24);
        Assert.Equal([("a", "10.244.1.0/24"), ("c", "10.244.2.0/24")], plan.Assignments.Select(a => (a.Node.Name, a.PodCidr.ToString())));
    }

    [Fact]
    public void A_range_that_became_free_is_given_again()
    {
        var plan = PodCidrPlan.Compile(Cluster(Node("a", "10.244.1.0/24"), Node("b")), IPNetwork.Parse("10.244.0.0/16"), 24);
        Assert.Equal("10.244.0.0/24", Assert.Single(plan.Assignments).PodCidr.ToString());
    }

    [Fact]
    public void Who_comes_too_late_is_named()
    {
        var plan = PodCidrPlan.Compile(Cluster(Node("a"), Node("b"), Node("c")), IPNetwork.Parse("10.0.0.0/25"), 26);
        Assert.Equal(2, plan.Assignments.Length);
        Assert.Equal("c", Assert.Single(plan.WithoutRange).Name);
    }

    private static ClusterSnapshot Cluster(params Node[] nodes) => new() { Nodes = nodes.ToImmutableDictionary(n => n.Name) };

    private static Node Node(string name, string? cidr = null) => new() { Name = name, Uid = name, PodCidrs = cidr is null ? [] : [IPNetwork.Parse(cidr)], Allocatable = default };
}
