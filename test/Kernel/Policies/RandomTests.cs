using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Vitrine.Kernel.Dataplane;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Policies;
using Vitrine.Model.Snapshot;
using Vitrine.Unit.Dataplane;
using Xunit;

namespace Vitrine.Kernel.Policies;

/// <summary>Policies nobody would write, and what the plan decides about a packet held against what becomes of it. VITRINE_PROBES asks for more, VITRINE_SEED for others.</summary>
public sealed class RandomTests
{
    private const int Tcp = 6, Udp = 17, Icmp = 1, AtOnce = 48;
    private static readonly int[] Served = [80, 81, 443, 444, 5000, 5001, 5003, 5004];
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(150), Long = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task What_the_plan_decides_is_what_becomes_of_the_packet()
    {
        ThreadPool.SetMinThreads(64, 64);
        var wanted = int.TryParse(Environment.GetEnvironmentVariable("VITRINE_PROBES"), out var n) ? n : 2400;
        var seed = int.TryParse(Environment.GetEnvironmentVariable("VITRINE_SEED"), out var s) ? s : 1;
        using var lab = new PolicyLab(1, 1);
        var pods = new[] { (0, "red"), (0, "blue"), (0, "red"), (0, "blue"), (1, "red"), (1, "blue") }.Select((p, i) => lab.Lab.Nodes[p.Item1].AddPod($"p{i}", p.Item2)).ToArray();
        lab.Lab.Apply();
        var servers = pods.SelectMany(p => Served.Select(port => new EchoServer(p.Netns, port))).ToArray();
        await lab.AwaitLinksAsync();
        var policies = new RandomPolicies(seed, lab.Lab.Nodes.Select(x => x.Node), pods.Select(p => (p.Pod with { Ports = [new PodPort("c", "web", 443, "TCP", 0)] }, p.Node == lab.Lab.Nodes[0] ? p.HostLink : (string?)null)));
        var random = new Random(seed);
        int done = 0, passed = 0;
        while (done < wanted)
        {
            for (var i = random.Next(1, 4); i > 0; i--)
                policies.Step();
            lab.Apply(lab.Lab.Nodes[0], policies.Snapshot);
            var probes = Enumerable.Range(0, 200).Select(_ => Probe.Any(random, pods, policies)).ToArray();
            var wrong = new ConcurrentQueue<string>();
            await Parallel.ForEachAsync(probes, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (probe, _) =>
            {
                var expected = Decide(policies, probe);
                var found = await probe.SendAsync(Patience);
                // Silence may be a busy machine.
                if (expected && !found)
                    found = await probe.SendAsync(Long);
                if (expected != found)
                    wrong.Enqueue($"{probe}: decided {expected}, found {found}");
                if (found)
                    Interlocked.Increment(ref passed);
            });
            Assert.True(wrong.IsEmpty, $"seed {seed}, after {done} probes:\n{string.Join('\n', wrong)}\n{policies.Plan}");
            done += probes.Length;
        }
        // Neither all nor nothing.
        Assert.InRange(passed, done / 20, done * 19 / 20);
        foreach (var server in servers)
            server.Dispose();
    }

    private static bool Decide(RandomPolicies policies, Probe probe) =>
        One(policies, probe.From, PolicyDirection.Egress, probe.Target, probe) && One(policies, probe.To, PolicyDirection.Ingress, probe.Source, probe);

    /// <summary>The second node enforces nothing; a pod the plan does not know is closed.</summary>
    private static bool One(RandomPolicies policies, LabPod pod, PolicyDirection direction, IPAddress peer, Probe probe) =>
        pod.Node.Index != 1 || policies.Plan.Decide(pod.Pod.Key, direction, peer, probe.Protocol, probe.Port)?.Allowed == true;

    private sealed record Probe(LabPod From, LabPod To, bool V6, byte Protocol, int Port)
    {
        public IPAddress Source => V6 ? From.V6 : From.V4;

        public IPAddress Target => V6 ? To.V6 : To.V4;

        public static Probe Any(Random random, LabPod[] pods, RandomPolicies policies)
        {
            var (from, to) = (random.Next(pods.Length), random.Next(pods.Length - 1));
            return new Probe(pods[from], pods[to >= from ? to + 1 : to], random.Next(2) == 0, random.Next(8) == 0 ? (byte)Icmp : random.Next(2) == 0 ? (byte)Tcp : (byte)Udp, policies.AnyPort());
        }

        public async Task<bool> SendAsync(TimeSpan patience)
        {
            if (Protocol == Icmp)
                return (await Vitrine.Dataplane.Probes.EchoProbe.SendAsync(From.Netns.Handle, Target, null, 100, patience, TimeProvider.System)).Answer == Vitrine.Dataplane.Probes.ProbeAnswer.Answered;
            using var socket = From.Netns.Handle.Run(() => new Socket(Target.AddressFamily, Protocol == Tcp ? SocketType.Stream : SocketType.Dgram, Protocol == Tcp ? ProtocolType.Tcp : ProtocolType.Udp));
            using var late = new CancellationTokenSource(patience);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(Target, Port), late.Token);
                await socket.SendAsync("?"u8.ToArray(), late.Token);
                return await socket.ReceiveAsync(new byte[8], late.Token) == 1;
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                return false;
            }
        }

        public override string ToString() => $"{From.Pod.Key} {Source} → {To.Pod.Key} {Target} protocol {Protocol} port {Port}";
    }
}
