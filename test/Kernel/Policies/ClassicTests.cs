using System.Net;
using Vitrine.Dataplane;
using Vitrine.Model.Snapshot;
using Xunit;
using static Vitrine.Kernel.Policies.PolicyLab;

namespace Vitrine.Kernel.Policies;

/// <summary>The policies everybody writes, with real packets between pods of one node and of two.</summary>
public sealed class ClassicTests
{
    [Fact]
    public async Task Without_a_policy_everything_passes()
    {
        using var lab = await TownAsync();
        foreach (var from in Everyone(lab))
            foreach (var to in Everyone(lab).Where(p => p != from))
                Assert.True(await ReachesAsync(from, to), $"{from.Pod.Key} → {to.Pod.Key}");
    }

    [Fact]
    public async Task Default_deny_closes_a_namespace_and_what_is_allowed_is_a_union()
    {
        using var lab = await TownAsync();
        lab.Policies.Add(Policy("deny", null, []));
        await ExpectAsync(lab, "web", "");
        lab.Policies.Add(Policy("friends", "web", [Rule(Pods("near"), Pods("far"))]));
        await ExpectAsync(lab, "web", "default/near default/far");
        lab.Policies.Add(Policy("blue", "web", [Rule(Space("blue"))]));
        await ExpectAsync(lab, "web", "default/near default/far blue/guest blue/stranger");
        lab.Policies[^1] = Policy("blue", "web", [Rule(Pods("guest", "blue"))]);
        await ExpectAsync(lab, "web", "default/near default/far blue/guest");
        // The node itself always: its kubelet probes.
        Assert.True(await TcpAsync(lab.Lab.Nodes[0].Netns, Find(lab, "web").V4, Port));
        Assert.False(await TcpAsync(lab.Lab.Nodes[1].Netns, Find(lab, "web").V4, Port));
        lab.Policies.Clear();
        await ExpectAsync(lab, "web", "default/near default/far blue/guest blue/stranger");
    }

    [Fact]
    public async Task Egress_is_judged_where_the_connection_begins()
    {
        using var lab = await TownAsync();
        var (web, guest) = (Find(lab, "web"), Find(lab, "guest"));
        lab.Policies.Add(Policy("deny", "web", null, []));
        lab.Apply();
        Assert.False(await ReachesAsync(web, guest));
        Assert.True(await ReachesAsync(guest, web));
        // Its own node's addresses are addresses like others.
        Assert.False(await EchoAsync(web.Netns, web.Node.V4));
        lab.Policies[0] = Policy("some", "web", null, [Rule(Space("blue")), Rule(Block($"{web.Node.V4}/32"))]);
        lab.Apply();
        Assert.True(await ReachesAsync(web, guest));
        Assert.False(await ReachesAsync(web, Find(lab, "near")));
        Assert.True(await EchoAsync(web.Netns, web.Node.V4));
    }

    [Fact]
    public async Task Ports_by_number_range_and_name()
    {
        using var lab = await TownAsync();
        var (web, near) = (Find(lab, "web"), Find(lab, "near"));
        lab.Policies.Add(Policy("ports", "web", [On(Rule(Pods("near")), new PolicyPort("TCP", "", Port, Port))]));
        lab.Apply();
        Assert.Equal((true, false), (await TcpAsync(near.Netns, web.V4, Port), await TcpAsync(near.Netns, web.V4, Other)));
        // Another protocol, and one without ports.
        Assert.Equal((false, false), (await UdpAsync(near.Netns, web.V4, Port), await EchoAsync(near.Netns, web.V4)));
        lab.Policies[0] = Policy("ports", "web", [On(Rule(), new PolicyPort("UDP", "", Port - 1, Other))]);
        lab.Apply();
        Assert.Equal((true, true, false), (await UdpAsync(near.Netns, web.V6, Port), await UdpAsync(near.Netns, web.V6, Other), await TcpAsync(near.Netns, web.V6, Port)));
        lab.Policies[0] = Policy("ports", "web", [On(Rule(), new PolicyPort("TCP", "web", 0, 0))]);
        lab.Apply();
        Assert.Equal((true, false), (await TcpAsync(near.Netns, web.V6, Port), await TcpAsync(near.Netns, web.V6, Other)));
        lab.Policies[0] = Policy("ports", "web", [Rule()]);
        lab.Apply();
        Assert.True(await EchoAsync(near.Netns, web.V4));
    }

    [Fact]
    public async Task Blocks_and_their_exceptions_hold_for_pods_inside_and_for_the_world()
    {
        using var lab = await TownAsync();
        var (web, near, outside) = (Find(lab, "web"), Find(lab, "near"), Lab99());
        lab.Policies.Add(Policy("blocks", "web", [Rule(Block("10.244.0.0/16", $"{near.V4}/32"), Block("fd00:244::/32"))], [Rule(Block("10.0.99.0/24"))]));
        lab.Apply();
        Assert.Equal((false, true), (await TcpAsync(near.Netns, web.V4, Port), await TcpAsync(near.Netns, web.V6, Port)));
        Assert.True(await TcpAsync(Find(lab, "far").Netns, web.V4, Port));
        Assert.True(await EchoAsync(web.Netns, outside));
        Assert.False(await EchoAsync(web.Netns, near.V4));
        Assert.False(await EchoAsync(web.Netns, IPAddress.Parse("fd00:99::2")));
    }

    [Fact]
    public async Task Tiers_of_cluster_policies_come_before_and_after()
    {
        using var lab = await TownAsync();
        lab.ClusterPolicies.Add(Cluster("base", baseline: true, 0, PolicyAction.Deny, Space("blue")));
        await ExpectAsync(lab, "web", "default/near default/far");
        lab.Policies.Add(Policy("guests", "web", [Rule(Pods("guest", "blue"))]));
        await ExpectAsync(lab, "web", "blue/guest");
        lab.ClusterPolicies.Add(Cluster("admin-allow", baseline: false, 5, PolicyAction.Accept, Space("default")));
        await ExpectAsync(lab, "web", "default/near default/far blue/guest");
        lab.ClusterPolicies.Add(Cluster("admin-deny", baseline: false, 4, PolicyAction.Deny, Pods("far", "default"), Space("blue")));
        await ExpectAsync(lab, "web", "default/near");
        lab.ClusterPolicies.Add(Cluster("admin-pass", baseline: false, 3, PolicyAction.Pass, Pods("guest", "blue")));
        await ExpectAsync(lab, "web", "default/near blue/guest");
    }

    [Fact]
    public async Task Drops_are_counted_for_the_policies_that_could_have_let_the_packet_through()
    {
        using var lab = await TownAsync();
        var (web, near) = (Find(lab, "web"), Find(lab, "near"));
        lab.Policies.AddRange([Policy("one", "web", []), Policy("two", "web", []), Policy("elsewhere", "near", [])]);
        lab.Apply();
        Assert.False(await TcpAsync(near.Netns, web.V4, Port));
        var drops = PolicyTables.Drops(web.Node.Netns.Handle)!;
        Assert.Equal(["NetworkPolicy/default/elsewhere", "NetworkPolicy/default/one", "NetworkPolicy/default/two"], drops.Where(d => d.Policy is not null).Select(d => d.Policy));
        Assert.Equal([false, true, true], drops.Where(d => d.Policy is not null).Select(d => d.Packets > 0));
        Assert.Equal(0UL, drops.Single(d => d.Policy is null).Packets);
        // What was counted stays when a policy more makes another chain of it.
        lab.Policies.Add(Policy("three", "web", []));
        lab.Apply();
        Assert.Equal(drops.Single(d => d.Policy == "NetworkPolicy/default/one"), PolicyTables.Drops(web.Node.Netns.Handle)!.Single(d => d.Policy == "NetworkPolicy/default/one"));
        Assert.Contains("pod default/web v2 10.244.1.2 egress open open ingress ingress-", PolicyTables.Dump(web.Node.Netns.Handle));
    }

    /// <summary>web and near on one node; far, of the same namespace, and guest and stranger, of another, on a second.</summary>
    private static async Task<PolicyLab> TownAsync()
    {
        var lab = new PolicyLab(1, 1);
        lab.Add(0, "web");
        lab.Add(0, "near");
        lab.Add(1, "far");
        lab.Add(1, "guest", "blue");
        lab.Add(1, "stranger", "blue");
        lab.Apply();
        await lab.AwaitLinksAsync();
        return lab;
    }

    private static ClusterNetworkPolicy Cluster(string name, bool baseline, int priority, PolicyAction action, params PolicyPeer[] from) => new()
    {
        Name = name, Uid = name, Baseline = baseline, Priority = priority, Namespaces = LabelSelector.Everything, Pods = Pods("web").Pods!, Ingress = [Rule(from) with { Action = action }],
    };

    private static async Task ExpectAsync(PolicyLab lab, string to, string reached)
    {
        lab.Apply();
        var target = Find(lab, to);
        var found = new List<string>();
        foreach (var from in Everyone(lab).Where(p => p != target))
            if (await ReachesAsync(from, target))
                found.Add(from.Pod.Key);
        Assert.Equal(reached, string.Join(' ', found));
    }

    private static IPAddress Lab99() => Dataplane.Lab.On(Dataplane.Lab.OutsideLink, 2).V4;

    private static IEnumerable<Dataplane.LabPod> Everyone(PolicyLab lab) => lab.Lab.Nodes.SelectMany(n => n.Pods);

    private static Dataplane.LabPod Find(PolicyLab lab, string name) => Everyone(lab).First(p => p.Pod.Name == name);
}
