using System.Net;
using Vitrine.Dataplane;
using Vitrine.Kernel.Dataplane;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Xunit;
using static Vitrine.Kernel.Policies.PolicyLab;

namespace Vitrine.Kernel.Policies;

/// <summary>Policies beside another CNI plugin: links say nothing of whose they are, the API and the routes do.</summary>
public sealed class ForeignPodTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pods_behind_links_of_their_own_or_a_bridge_are_judged(bool bridged)
    {
        using var lab = await TownAsync(bridged);
        var (node, web, friend, stranger) = Parts(lab);
        lab.Policies.Add(Policy("friends", "web", [Rule(Pods("friend"))]));
        using var loop = new RunningPolicies(lab, node, hasForeignPods: true);
        loop.Settle();
        Assert.Empty(loop.Complaints);
        Assert.True(await ReachesAsync(friend, web));
        Assert.False(await ReachesAsync(stranger, web));
        Assert.True(await TcpAsync(node.Netns, web.V4, Port));
        Assert.True(await ReachesAsync(friend, stranger));
        lab.Policies.Clear();
        loop.News(lab);
        loop.Settle();
        Assert.True(await ReachesAsync(stranger, web));
    }

    [Fact]
    public async Task A_pod_is_closed_until_its_status_has_its_address()
    {
        using var lab = await TownAsync(bridged: false);
        var (node, web, friend, _) = Parts(lab);
        friend.Pod = friend.Pod with { Addresses = [] };
        using var loop = new RunningPolicies(lab, node, hasForeignPods: true);
        loop.Settle();
        Assert.False(await ReachesAsync(friend, web));
        friend.Pod = friend.Pod with { Addresses = [friend.V4, friend.V6] };
        loop.News(lab);
        loop.Settle();
        Assert.True(await ReachesAsync(friend, web));
    }

    [Fact]
    public async Task Without_a_range_policies_hold_and_what_is_open_for_a_moment_is_told()
    {
        using var lab = await TownAsync(bridged: false);
        var (node, web, friend, _) = Parts(lab);
        node.Node = node.Node with { PodCidrs = [] };
        lab.Policies.Add(Policy("deny", "web", []));
        using var loop = new RunningPolicies(lab, node, hasForeignPods: true);
        loop.Settle();
        Assert.Contains("has no spec.podCIDR", Assert.Single(loop.Complaints), StringComparison.Ordinal);
        Assert.False(await ReachesAsync(friend, web));
    }

    [Fact]
    public async Task A_bridge_whose_packets_no_hook_sees_is_complained_of()
    {
        using var lab = await TownAsync(bridged: true);
        var (node, _, _, _) = Parts(lab);
        node.Netns.Handle.Run(() => NetSysctl.TryWrite("bridge/bridge-nf-call-iptables", "0"));
        using var loop = new RunningPolicies(lab, node, hasForeignPods: true);
        loop.Settle();
        Assert.Contains("by the bridge cni0, where NetworkPolicies do not see it", Assert.Single(loop.Complaints), StringComparison.Ordinal);
    }

    private static (LabNode Node, LabPod Web, LabPod Friend, LabPod Stranger) Parts(PolicyLab lab) => lab.Lab.Nodes[0] is var node ? (node, node.Pods[0], node.Pods[1], node.Pods[2]) : default;

    /// <summary>web, friend and stranger on one node, as the reference plugins ptp or bridge leave them.</summary>
    private static async Task<PolicyLab> TownAsync(bool bridged)
    {
        var lab = new PolicyLab(1);
        foreach (var name in new[] { "web", "friend", "stranger" })
            lab.Add(0, name);
        lab.Lab.Apply();
        var (node, _, _, _) = Parts(lab);
        foreach (var pod in node.Pods)
            node.Netns.Socket.SetLink(pod.HostLink, new LinkChange { Alias = $"of {pod.Pod.Name}" });
        if (bridged)
            Bridge(node);
        await lab.AwaitLinksAsync();
        return lab;
    }

    private static void Bridge(LabNode node)
    {
        Assert.SkipUnless(node.Netns.Handle.Run(() => NetSysctl.TryWrite("bridge/bridge-nf-call-iptables", "1") && NetSysctl.TryWrite("bridge/bridge-nf-call-ip6tables", "1")), "this kernel has no br_netfilter");
        var host = node.Netns.Socket;
        host.CreateBridge("cni0");
        host.SetUp("cni0");
        var bridge = host.GetLink("cni0").Index;
        IPNetwork[] ranges = [IPNetwork.Parse($"10.244.{node.Index}.0/24"), IPNetwork.Parse($"fd00:244:0:{node.Index}::/64")];
        // Those to the pods, and the one that keeps the range at home.
        foreach (var route in host.ListRoutes().Where(r => r.Table == 254 && ranges.Any(n => n.Contains(r.Destination.BaseAddress))))
            host.TryDeleteRoute(route);
        foreach (var (i, pod) in node.Pods.Index())
        {
            // All pods of the lab have one hardware address, which no switch would like.
            pod.Netns.Socket.SetLink("eth0", new LinkChange { Mac = new MacAddress(0x02_00_00_00_01_00 + (ulong)i) });
            host.SetMaster(pod.HostLink, "cni0");
            // Pods of one range are neighbours.
            var inside = pod.Netns.Socket;
            foreach (var range in ranges)
                inside.ReplaceRoute(new RouteSpec(range) { LinkIndex = inside.GetLink("eth0").Index });
        }
        host.AddAddress(bridge, IPAddress.Parse($"10.244.{node.Index}.1"), 32);
        foreach (var range in ranges)
            host.ReplaceRoute(new RouteSpec(range) { LinkIndex = bridge });
    }
}
