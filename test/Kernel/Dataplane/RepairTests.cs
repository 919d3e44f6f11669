using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Vitrine.Dataplane;
using Vitrine.Dataplane.Apply;
using Vitrine.Dataplane.Probes;
using Vitrine.Dataplane.Watch;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Nft;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Kernel.Dataplane;

public sealed class RepairTests
{
    private static readonly TimeSpan Repaired = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData("nft flush ruleset")]
    [InlineData("nft delete table inet vitrine-guard")]
    [InlineData("nft flush chain inet vitrine-masquerade postrouting")]
    [InlineData("nft delete element inet vitrine-guard own-pods-4 '{ 10.244.1.0/24 }'")]
    [InlineData("ip route del 10.244.2.0/24")]
    [InlineData("ip -6 route del fd00:244:0:2::/64")]
    [InlineData("ip route replace 10.244.2.0/24 via 10.0.1.1")]
    [InlineData("ip route del unreachable 10.244.1.0/24")]
    [InlineData("ip link del vtr-vxlan")]
    [InlineData("ip link set vtr-vxlan down")]
    [InlineData("ip link set vtr-vxlan mtu 1300")]
    [InlineData("ip addr del 10.244.1.0/32 dev vtr-vxlan")]
    [InlineData("ip neigh flush dev vtr-vxlan nud permanent")]
    [InlineData("bridge fdb del 02:76:0a:00:02:0d dev vtr-vxlan")]
    [InlineData("ip link set eth0 down; ip link set eth0 up; ip addr add fd00:1::b/64 dev eth0 nodad")]
    public async Task What_somebody_else_undoes_is_redone_within_two_seconds(string sabotage)
    {
        using var lab = Lab.With(1, 1, 2);
        lab.Apply();
        var node = lab.Nodes[0];
        using var agent = new RunningAgent(node, () => lab.Snapshot);
        await agent.IdleAsync();
        var before = State(node);
        Nft.Shell(node.Netns, sabotage);
        Assert.NotEqual(before, State(node));

        await UntilAsync(
            () => State(node) == before,
            () => $"missing: {string.Join('\n', before.Split('\n').Except(State(node).Split('\n')))}\nsurplus: {string.Join('\n', State(node).Split('\n').Except(before.Split('\n')))}");
    }

    [Fact]
    public async Task A_peer_that_joins_is_reached_and_one_that_leaves_is_forgotten()
    {
        using var lab = Lab.With(1, 1);
        var snapshot = lab.Snapshot;
        var pod = lab.Nodes[0].AddPod();
        var peer = lab.Nodes[1].AddPod();
        lab.Nodes[1].Apply(lab.Snapshot);
        using var agent = new RunningAgent(lab.Nodes[0], () => snapshot);
        agent.Signal();
        await UntilAsync(() => EchoProbe.SendAsync(pod.Netns.Handle, peer.V4, null, 100, TimeSpan.FromMilliseconds(200), TimeProvider.System).Result.Answer == ProbeAnswer.Answered, () => "the peer is not reached");
        snapshot = snapshot with { Nodes = snapshot.Nodes.Remove("node-2") };
        agent.Signal();
        await UntilAsync(() => PodToPodTests.Ours(lab.Nodes[0]).Length == 2, () => "the peer's routes stay");
    }

    [Fact]
    public async Task Without_an_agent_and_through_its_restart_no_packet_is_lost()
    {
        using var lab = Lab.With(1, 2);
        var (a, b) = (lab.Nodes[0].AddPod(), lab.Nodes[1].AddPod());
        lab.Apply();
        using (var first = new RunningAgent(lab.Nodes[0], () => lab.Snapshot))
            await first.IdleAsync();
        Assert.Equal(ProbeAnswer.Answered, (await EchoProbe.SendAsync(a.Netns.Handle, b.V4, null, 1450, Repaired, TimeProvider.System)).Answer);

        using var stop = new CancellationTokenSource();
        var lost = Task.Run(async () =>
        {
            var (sent, answered) = (0, 0);
            for (; !stop.IsCancellationRequested; sent++)
                answered += (await EchoProbe.SendAsync(a.Netns.Handle, b.V4, null, 1450, Repaired, TimeProvider.System)).Answer == ProbeAnswer.Answered ? 1 : 0;
            return (sent, answered);
        });
        for (var i = 0; i < 5; i++)
            using (var again = new RunningAgent(lab.Nodes[0], () => lab.Snapshot))
                await again.IdleAsync();
        await stop.CancelAsync();
        var (sent, answered) = await lost;
        Assert.True(sent > 10);
        Assert.Equal(sent, answered);
    }

    [Fact]
    public async Task While_the_cluster_is_not_known_nothing_is_touched()
    {
        using var lab = Lab.With(1, 2);
        lab.Apply();
        var before = State(lab.Nodes[0]);
        using (var agent = new RunningAgent(lab.Nodes[0], () => null))
            await agent.IdleAsync();
        using (var agent = new RunningAgent(lab.Nodes[0], () => ClusterSnapshot.Empty))
            await agent.IdleAsync();
        Assert.Equal(before, State(lab.Nodes[0]));
    }

    private static string State(LabNode node)
    {
        var links = node.Netns.Socket.ListLinks();
        var names = links.ToDictionary(l => l.Index, l => l.Name);
        using var nft = NftSocket.OpenIn(node.Netns.Handle);
        return string.Join('\n',
            links.Where(l => l.Kind == "vxlan").Select(l => $"{l.Name} {l.IsUp} {l.Mtu} {l.Mac}")
            .Concat(node.Netns.Socket.ListAddresses().Where(a => IsOurs(a.LinkIndex)).Select(a => $"{a.Address}"))
            .Concat(node.Netns.Socket.ListRoutes().Where(r => r.Destination.ToString().Contains("244")).Select(r => $"{r.Type} {r.Destination} {r.Gateway} {names.GetValueOrDefault(r.LinkIndex)} {r.Mtu} {r.Protocol}"))
            .Concat(node.Netns.Socket.ListNeighbours().Where(n => n.IsPermanent && IsOurs(n.LinkIndex)).Select(n => $"{n.Address} {n.Mac} {n.IsForwarding}"))
            .Concat(System.Text.RegularExpressions.Regex.Replace(Nft.Run(node.Netns, "list ruleset"), @"packets \d+ bytes \d+", "").Split('\n'))
            .Order(StringComparer.Ordinal));

        // A link that came after the list was read is none of it yet.
        bool IsOurs(int index) => names.TryGetValue(index, out var name) && name.StartsWith("vtr", StringComparison.Ordinal);
    }

    private static async Task UntilAsync(Func<bool> condition, Func<string> otherwise)
    {
        using var late = new CancellationTokenSource(Repaired);
        while (!condition())
        {
            if (late.IsCancellationRequested)
                Assert.Fail(otherwise());
            await Task.Delay(20);
        }
    }

    /// <summary>The agent's loop with the lab for a cluster.</summary>
    private sealed class RunningAgent : IDisposable
    {
        private readonly Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        private readonly CancellationTokenSource stop = new();
        private readonly NodeApply hands;
        private readonly KernelWatch kernel;
        private readonly Task[] running;

        public RunningAgent(LabNode node, Func<ClusterSnapshot?> snapshot)
        {
            (hands, kernel) = node.Netns.Handle.Run(() => (new NodeApply(), new KernelWatch()));
            var loop = new ApplyLoop(hands, snapshot, node.Node.Name, NullLogger.Instance, TimeProvider.System);
            running = [Task.Run(() => kernel.RunAsync(signal.Writer, stop.Token)), Task.Run(() => loop.RunAsync(signal.Reader, stop.Token))];
        }

        public void Signal() => signal.Writer.TryWrite(true);

        /// <summary>The first pass, and what it caused, is over.</summary>
        public async Task IdleAsync()
        {
            await Task.Delay(300);
            Assert.DoesNotContain(running, t => t.IsFaulted);
        }

        public void Dispose()
        {
            stop.Cancel();
            Task.WhenAll(running).ContinueWith(_ => { }, TaskScheduler.Default).Wait();
            kernel.Dispose();
            hands.Dispose();
        }
    }
}
