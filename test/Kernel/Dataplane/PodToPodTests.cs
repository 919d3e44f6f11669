using System.Net;
using System.Net.Sockets;
using Vitrine.Dataplane.Apply;
using Vitrine.Dataplane.Probes;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Linux.Nft;
using Vitrine.Model.Plans;
using Xunit;

namespace Vitrine.Kernel.Dataplane;

public sealed class PodToPodTests
{
    private const int Port = 8080, Megabyte = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2), Short = TimeSpan.FromMilliseconds(300);

    [Theory]
    [InlineData(new[] { 1, 1, 1 }, 1500, 1500)]
    [InlineData(new[] { 1, 2, 2 }, 1450, 1500)]
    public async Task Every_protocol_passes_at_the_paths_full_size_both_ways_and_without_nat(int[] links, int mtu12, int mtu23)
    {
        using var lab = Lab.With(links);
        var pods = lab.Nodes.Select(n => n.AddPod()).ToArray();
        lab.Apply();
        foreach (var (from, to, mtu) in new[] { (pods[0], pods[1], mtu12), (pods[1], pods[0], mtu12), (pods[1], pods[2], mtu23), (pods[2], pods[1], mtu23) })
            foreach (var (source, target) in new[] { (from.V4, to.V4), (from.V6, to.V6) })
            {
                using var server = new EchoServer(to.Netns, Port);
                var at = new IPEndPoint(target, Port);
                Assert.Equal(Megabyte, await TransferAsync(from.Netns.Handle, at, Megabyte));
                var headers = target.AddressFamily == AddressFamily.InterNetwork ? 20 : 40;
                Assert.Equal(ProbeAnswer.Answered, (await UdpProbe.SendAsync(from.Netns.Handle, at, null, mtu - headers - 8, Patience, TimeProvider.System)).Answer);
                await ExpectAsync(ProbeAnswer.Answered, from.Netns.Handle, target, mtu);
                await ExpectAsync(ProbeAnswer.TooBig, from.Netns.Handle, target, mtu + 1);
                Assert.Equal([source, source], server.Seen);
            }
    }

    [Fact]
    public void No_node_tells_anybody_of_a_shorter_way()
    {
        using var lab = Lab.With(1);
        var pod = lab.Nodes[0].AddPod();
        lab.Apply();
        lab.Nodes[0].Netns.Handle.Run(() =>
        {
            foreach (var link in new[] { "all", "default", "eth0", pod.HostLink })
                Assert.Equal("0", NetSysctl.Read($"ipv4/conf/{link}/send_redirects"));
        });
    }

    [Fact]
    public async Task A_node_reaches_pods_of_others_and_pods_reach_nodes()
    {
        using var lab = Lab.With(1, 1, 2);
        var pods = lab.Nodes.Select(n => n.AddPod()).ToArray();
        lab.Apply();
        foreach (var node in lab.Nodes)
            foreach (var pod in pods)
                foreach (var (nodeAddress, podAddress) in new[] { (node.V4, pod.V4), (node.V6, pod.V6) })
                {
                    await ExpectAsync(ProbeAnswer.Answered, node.Netns.Handle, podAddress, 1000);
                    await ExpectAsync(ProbeAnswer.Answered, pod.Netns.Handle, nodeAddress, 1000);
                }
    }

    [Fact]
    public async Task Pods_reach_the_outside_under_their_nodes_address_and_neighbouring_nodes_under_their_own()
    {
        using var lab = Lab.With(1, 1, 2);
        var pod = lab.Nodes[0].AddPod();
        lab.Apply();
        foreach (var (where, address, source) in new[]
        {
            (lab.Outside, Lab.On(Lab.OutsideLink, 2).V4, lab.Nodes[0].V4), (lab.Outside, Lab.On(Lab.OutsideLink, 2).V6, lab.Nodes[0].V6),
            (lab.Nodes[1].Netns, lab.Nodes[1].V4, pod.V4), (lab.Nodes[1].Netns, lab.Nodes[1].V6, pod.V6),
            (lab.Nodes[2].Netns, lab.Nodes[2].V4, lab.Nodes[0].V4), (lab.Nodes[2].Netns, lab.Nodes[2].V6, lab.Nodes[0].V6),
        })
        {
            using var server = new EchoServer(where, Port);
            Assert.Equal(ProbeAnswer.Answered, (await TcpProbe.SendAsync(pod.Netns.Handle, new IPEndPoint(address, Port), null, Patience, TimeProvider.System)).Answer);
            // A connection is there before the server has taken it.
            for (var patience = 0; server.Seen.Count == 0 && patience < 40; patience++)
                await Task.Delay(TimeSpan.FromMilliseconds(50));
            Assert.Equal(source, Assert.Single(server.Seen));
        }
    }

    [Fact]
    public async Task The_outside_does_not_reach_a_pod_even_when_it_knows_the_way()
    {
        using var lab = Lab.With(1, 1);
        var pod = lab.Nodes[0].AddPod();
        lab.Apply();
        foreach (var range in lab.Nodes[0].Node.PodCidrs)
            lab.Router.Socket.AddRoute(new RouteSpec(range) { Gateway = range.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? lab.Nodes[0].V4 : lab.Nodes[0].V6 });
        using var server = new EchoServer(pod.Netns, Port);
        foreach (var address in new[] { pod.V4, pod.V6 })
            Assert.Equal(ProbeAnswer.Silent, (await TcpProbe.SendAsync(lab.Outside.Handle, new IPEndPoint(address, Port), null, Short, TimeProvider.System)).Answer);
        Assert.Empty(server.Seen);
        using var nft = NftSocket.OpenIn(lab.Nodes[0].Netns.Handle);
        Assert.All(nft.ListRules(NodeTables.Table(NodeTables.Guard, ipv6: true)).Where(r => r.Comment == "node/node-1: from outside to pods"), r => Assert.NotEqual(0UL, r.Packets));
    }

    [Fact]
    public async Task Addresses_that_no_pod_holds_never_leave_by_the_default_route()
    {
        using var lab = Lab.With(1, 1);
        var pod = lab.Nodes[0].AddPod();
        lab.Apply();
        foreach (var address in new[] { "10.244.1.200", "fd00:244:0:1::200", "10.244.2.200", "fd00:244:0:2::200" })
            await ExpectAsync(ProbeAnswer.Unreachable, pod.Netns.Handle, IPAddress.Parse(address), 100);
    }

    [Fact]
    public void A_second_pass_changes_nothing_and_a_node_that_left_takes_its_entries_along()
    {
        using var lab = Lab.With(1, 1, 2);
        lab.Apply();
        var node = lab.Nodes[0];
        var routes = Ours(node);
        node.RestartAgent();
        Assert.Equal(0, node.Apply(lab.Snapshot).Changes);
        Assert.Equal(6, routes.Length);

        var without = lab.Snapshot;
        without = without with { Nodes = without.Nodes.Remove("node-3") };
        Assert.NotEqual(0, node.Apply(without).Changes);
        Assert.Equal(4, Ours(node).Length);
        Assert.Null(node.Netns.Socket.FindLink(Vtep.Device));
        Assert.Equal(0, node.Apply(without).Changes);
        Assert.NotEqual(0, node.Apply(lab.Snapshot).Changes);
        Assert.Equal(routes, Ours(node));
    }

    [Fact]
    public void Routes_of_others_are_left_alone()
    {
        using var lab = Lab.With(1, 1);
        var theirs = new RouteSpec(IPNetwork.Parse("10.244.77.0/24")) { Gateway = lab.Nodes[1].V4, Protocol = 4 };
        lab.Nodes[0].Netns.Socket.AddRoute(theirs);
        lab.Apply();
        Assert.Contains(lab.Nodes[0].Netns.Socket.ListRoutes(), r => r.Destination == theirs.Destination);
    }

    private static async Task ExpectAsync(ProbeAnswer expected, NetnsHandle from, IPAddress to, int packet)
    {
        var outcome = await EchoProbe.SendAsync(from, to, null, packet, Patience, TimeProvider.System);
        Assert.True(expected == outcome.Answer, $"echo of {packet} bytes from {from.Path} to {to}: {outcome}");
    }

    internal static string[] Ours(LabNode node) => [.. node.Netns.Socket.ListRoutes().Where(r => r.Protocol == RouteTables.Protocol).Select(r => r with { LinkIndex = 0 }).Select(r => r.ToString()).Order(StringComparer.Ordinal)];

    /// <summary>Sends so many bytes to an echo server and counts those that come back right.</summary>
    internal static async Task<int> TransferAsync(NetnsHandle from, IPEndPoint to, int bytes)
    {
        using var socket = from.Run(() => new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await socket.ConnectAsync(to, late.Token);
        var sent = new byte[bytes];
        new Random(1).NextBytes(sent);
        var sending = Task.Run(async () =>
        {
            for (var at = 0; at < bytes;)
                at += await socket.SendAsync(sent.AsMemory(at), late.Token);
            socket.Shutdown(SocketShutdown.Send);
        });
        var received = new byte[bytes];
        var got = 0;
        for (int n; got < bytes && (n = await socket.ReceiveAsync(received.AsMemory(got), late.Token)) > 0;)
            got += n;
        await sending;
        return received.AsSpan(0, got).SequenceEqual(sent) ? got : -1;
    }
}
