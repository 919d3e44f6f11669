using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Vitrine.Dataplane;
using Vitrine.Kernel.Dataplane;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Xunit;
using static Vitrine.Kernel.Policies.PolicyLab;

namespace Vitrine.Kernel.Policies;

/// <summary>The whole loop on one node: who is closed until he is known, what a foreign hand undoes, what stays when the loop is gone.</summary>
public sealed class LoopTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData("nft flush ruleset")]
    [InlineData("nft delete table inet vitrine-policy")]
    [InlineData("nft flush chain inet vitrine-policy forward")]
    [InlineData("nft flush map inet vitrine-policy to-pods-4")]
    [InlineData("nft insert rule inet vitrine-policy forward accept")]
    public async Task What_somebody_else_undoes_is_redone_within_two_seconds(string sabotage)
    {
        using var lab = await TownAsync();
        lab.Policies.Add(Policy("deny", "web", []));
        using var loop = new RunningPolicies(lab, lab.Lab.Nodes[0]);
        loop.Settle();
        var before = State(lab);
        Nft.Shell(lab.Lab.Nodes[0].Netns, sabotage);
        Assert.True(SpinWait.SpinUntil(() => State(lab) == before, Soon));
        var (web, client) = Pair(lab);
        Assert.False(await TcpAsync(client.Netns, web.V4, Port));
    }

    [Fact]
    public async Task A_pod_is_closed_until_it_is_known_and_open_within_a_moment_then()
    {
        using var lab = await TownAsync();
        using var loop = new RunningPolicies(lab, lab.Lab.Nodes[0]);
        loop.Settle();
        var (_, client) = Pair(lab);
        var late = lab.Add(0, "late");
        await AwaitLinkAsync(late);
        // Nothing selects it, and still: nobody has heard of it.
        Assert.False(await ReachesAsync(late, client));
        Assert.False(await ReachesAsync(client, late));
        Assert.False(await EchoAsync(late.Netns, late.Node.V4));
        Assert.NotEqual(0UL, PolicyTables.Drops(late.Node.Netns.Handle)!.Single(d => d.Policy is null).Packets);
        var watch = Stopwatch.StartNew();
        loop.News(lab);
        Assert.True(SpinWait.SpinUntil(() => PolicyTables.Dump(late.Node.Netns.Handle)!.Contains("pod default/late", StringComparison.Ordinal), Soon));
        Assert.InRange(watch.ElapsedMilliseconds, 0, 500);
        Assert.True(await ReachesAsync(late, client));
        Assert.True(await ReachesAsync(client, late));
    }

    [Fact]
    public async Task A_pod_that_is_known_before_its_link_is_open_as_soon_as_the_link_has_its_route()
    {
        using var lab = await TownAsync();
        lab.Policies.Add(Policy("deny", "late", []));
        using var loop = new RunningPolicies(lab, lab.Lab.Nodes[0]);
        loop.Settle();
        var late = lab.Add(0, "late");
        var link = lab.Lab.Nodes[0].Netns.Socket.GetLink(late.HostLink);
        lab.Lab.Nodes[0].Netns.Socket.SetLink(link.Index, new LinkChange { Up = false });
        loop.News(lab);
        loop.Settle();
        Assert.DoesNotContain("pod default/late v", PolicyTables.Dump(late.Node.Netns.Handle));
        var host = lab.Lab.Nodes[0].Netns.Socket;
        host.SetUp(link.Index);
        var watch = Stopwatch.StartNew();
        host.ReplaceNeighbour(link.Index, late.V4, new MacAddress(0x02_00_00_00_00_02));
        host.ReplaceRoute(new RouteSpec(new IPNetwork(late.V4, 32)) { LinkIndex = link.Index });
        Assert.True(SpinWait.SpinUntil(() => PolicyTables.Dump(late.Node.Netns.Handle)!.Contains("pod default/late v", StringComparison.Ordinal), Soon));
        Assert.InRange(watch.ElapsedMilliseconds, 0, 300);
        Assert.False(await TcpAsync(Pair(lab).Client.Netns, late.V4, Port));
    }

    [Fact]
    public async Task An_address_that_another_pod_gets_is_closed_for_its_old_owners_friends()
    {
        using var lab = await TownAsync();
        var (web, client) = Pair(lab);
        using (var loop = new RunningPolicies(lab, lab.Lab.Nodes[0]))
            loop.Settle();
        Assert.True(await TcpAsync(client.Netns, web.V4, Port));
        // The agent is away; the pod goes, and within a moment another has its address.
        var node = lab.Lab.Nodes[0];
        node.Netns.Socket.DeleteLink(web.HostLink);
        var heir = lab.Add(0, "heir");
        var index = node.Netns.Socket.GetLink(heir.HostLink).Index;
        heir.Netns.Socket.AddAddress(heir.Netns.Socket.GetLink("eth0").Index, web.V4, 32);
        node.Netns.Socket.ReplaceNeighbour(index, web.V4, new MacAddress(0x02_00_00_00_00_02));
        node.Netns.Socket.ReplaceRoute(new RouteSpec(new IPNetwork(web.V4, 32)) { LinkIndex = index });
        await AwaitLinkAsync(heir);
        Assert.False(await TcpAsync(client.Netns, web.V4, Port));
        Assert.True(await TcpAsync(node.Netns, web.V4, Port));
    }

    [Fact]
    public async Task While_the_loop_is_away_the_last_word_stands_and_a_restart_changes_nothing()
    {
        using var lab = await TownAsync();
        lab.Policies.Add(Policy("deny", "web", []));
        var (web, client) = Pair(lab);
        using (var loop = new RunningPolicies(lab, lab.Lab.Nodes[0]))
            loop.Settle();
        var before = State(lab);
        Assert.False(await TcpAsync(client.Netns, web.V4, Port));
        using (var loop = new RunningPolicies(lab, lab.Lab.Nodes[0]))
            loop.Settle();
        Assert.Equal(before, State(lab));
        // What changed meanwhile is put in at the start; what was counted stays.
        var counted = PolicyTables.Drops(web.Node.Netns.Handle)!.Single(d => d.Policy is not null);
        lab.Policies.Add(Policy("more", "client", []));
        using (var loop = new RunningPolicies(lab, lab.Lab.Nodes[0]))
            loop.Settle();
        Assert.NotEqual(before, State(lab));
        Assert.Equal(counted, PolicyTables.Drops(web.Node.Netns.Handle)!.Single(d => d.Policy == counted.Policy));
    }

    [Fact]
    public async Task No_packet_passes_while_policies_of_others_change()
    {
        using var lab = await TownAsync();
        lab.Policies.Add(Policy("deny", "web", []));
        using var loop = new RunningPolicies(lab, lab.Lab.Nodes[0]);
        var (web, client) = Pair(lab);
        for (var late = Environment.TickCount64 + 10_000; PolicyTables.Drops(web.Node.Netns.Handle)?.Any(d => d.Policy == "NetworkPolicy/default/deny") != true && Environment.TickCount64 < late;)
            Thread.Sleep(20);
        loop.Settle();
        using var sender = client.Netns.Handle.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        sender.Connect(new IPEndPoint(web.V4, Port));
        using var arrivals = new Arrivals(web, client);
        var sent = 0;
        for (var i = 0; i < 60; i++)
        {
            if (i % 2 == 0)
                lab.Policies.Add(Policy($"other-{i % 4}", i % 4 == 0 ? "web" : "client", [On(Rule(Pods("nobody")), new Model.Snapshot.PolicyPort("TCP", "", i + 1, i + 1))]));
            else
                lab.Policies.RemoveAt(1);
            loop.News(lab);
            for (var n = 0; n < 200; n++, sent++)
                sender.Send("x"u8);
            Thread.Sleep(5);
        }
        loop.Settle();
        Assert.Equal(0UL, arrivals.Count);
        Assert.Equal((ulong)sent, PolicyTables.Drops(web.Node.Netns.Handle)!.Single(d => d.Policy == "NetworkPolicy/default/deny").Packets);
    }

    [Fact]
    public async Task A_bridge_between_pods_is_complained_of()
    {
        using var lab = await TownAsync();
        var node = lab.Lab.Nodes[0];
        node.Netns.Socket.CreateBridge("vtr0");
        node.Netns.Socket.SetMaster(Pair(lab).Web.HostLink, "vtr0");
        using var loop = new RunningPolicies(lab, node);
        loop.Settle();
        Assert.Contains("pod default/web: its link v2 is a port of a bridge", Assert.Single(loop.Complaints));
        Assert.Contains(Vitrine.Dataplane.Checks.PolicyCheck.Run(node.Netns.Handle), v => !v.Ok && v.Subject.EndsWith("pod default/web", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_without_a_range_gets_no_table_since_nobody_would_be_closed()
    {
        using var lab = await TownAsync();
        var node = lab.Lab.Nodes[0];
        node.Node = node.Node with { PodCidrs = [] };
        using var loop = new RunningPolicies(lab, node);
        loop.Settle();
        Assert.Null(PolicyTables.Dump(node.Netns.Handle));
    }

    /// <summary>web and client on one node, whose loop the tests run themselves.</summary>
    private static async Task<PolicyLab> TownAsync()
    {
        var lab = new PolicyLab(1);
        lab.Add(0, "web");
        lab.Add(0, "client");
        lab.Lab.Apply();
        await lab.AwaitLinksAsync();
        return lab;
    }

    private static async Task AwaitLinkAsync(LabPod pod)
    {
        for (var i = 0; i < 20 && !await EchoAsync(pod.Node.Netns, pod.V4); i++)
            await Task.Delay(20);
    }

    private static (LabPod Web, LabPod Client) Pair(PolicyLab lab) => (lab.Lab.Nodes[0].Pods[0], lab.Lab.Nodes[0].Pods[1]);

    private static string State(PolicyLab lab) => System.Text.RegularExpressions.Regex.Replace(Nft.Run(lab.Lab.Nodes[0].Netns, "list ruleset"), @"packets \d+ bytes \d+", "") is var all
        && all.IndexOf("table inet vitrine-policy", StringComparison.Ordinal) is >= 0 and var at ? all[at..] : "";
}
