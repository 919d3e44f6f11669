using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Vitrine.Bench.Network;
using Vitrine.Bench.Policy;
using Vitrine.Bench.Services;
using Vitrine.Model.Plans;

// Vitrine.Bench.Policy [ROUNDS [PART …]]: see run.sh; the parts are nothing, latency, changes. Contenders take turns within each round; ratios are of values of the same round.
var rounds = args.Length > 0 ? int.Parse(args[0]) : 5;
var directory = Directory.CreateTempSubdirectory("bench-").FullName;
var ruleset = Path.Combine(directory, "policies.nft");
File.WriteAllText(ruleset, ChainPerPolicy.Ruleset());
foreach (var (part, run) in new (string, Action)[] { ("nothing", FromNothing), ("latency", Latency), ("changes", Changes) })
    if (args.Length < 2 || args.Skip(1).Contains(part))
        run();
Directory.Delete(directory, recursive: true);

// Snapshot to kernel: the compilation is part of it.
void FromNothing()
{
    List<double> ours = [], theirs = [], oursMemory = [], theirsMemory = [];
    for (var round = -1; round < rounds; round++)
    {
        var snapshot = BenchTown.Snapshot();
        Measure(n => n.Apply.Update(PolicyPlan.Compile(snapshot, "node-1"), n.Links), round < 0 ? [] : ours, round < 0 ? [] : oursMemory);
        Measure(n => n.Nft("-f", ruleset), round < 0 ? [] : theirs, round < 0 ? [] : theirsMemory);
    }
    Report.Row("1000 policies over 100 pods from nothing, ms", ours, theirs, "chain per policy, nft -f", "");
    Report.Row("kernel memory of them, MB", oursMemory, theirsMemory, "chain per policy", "");

    void Measure(Action<BenchNode> load, List<double> times, List<double> memory)
    {
        using var node = new BenchNode(directory);
        var before = Report.KernelMegabytes();
        var start = Stopwatch.GetTimestamp();
        load(node);
        times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        memory.Add(Report.KernelMegabytes() - before);
    }
}

// One byte there and back: four judgements, of two packets at two ends each.
void Latency()
{
    using BenchNode ours = new(directory), none = new(directory), theirs = new(directory);
    ours.Apply.Update(PolicyPlan.Compile(BenchTown.Snapshot(), "node-1"), ours.Links);
    theirs.Nft("-f", ruleset);
    BenchNode[] nodes = [ours, none, theirs];
    var times = nodes.Select(_ => new List<double>()).ToArray();
    for (var round = -1; round < 3 * rounds; round++)
        for (var n = 0; n < nodes.Length; n++)
        {
            var which = (n + round + 1) % nodes.Length;
            var all = PingPong.Run(nodes[which].Server, nodes[which].Client).Order().ToArray();
            if (round >= 0)
                times[which].Add(all[all.Length / 2]);
        }
    Report.Row("request and answer under 1000 policies, p50 µs", times[0], times[1], "no table", "≤ 1.05");
    Report.Row("… against a chain per policy", times[0], times[2], "chain per policy", "");
}

// The client is relabelled, in and out: done when its datagram arrives, or nothing comes of the next one.
void Changes()
{
    using var node = new BenchNode(directory);
    var snapshot = BenchTown.Snapshot();
    var plan = PolicyPlan.Compile(snapshot, "node-1");
    node.Apply.Update(plan, node.Links);
    HashSet<string> changed = ["town/pod-1"];
    List<double> times = [], adding = [];
    using var listener = node.Server.Netns.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
    listener.Bind(new IPEndPoint(IPAddress.Any, BenchTown.Port));
    listener.Listen(100);
    for (var i = -20; i < 500; i++)
    {
        snapshot = BenchTown.Relabelled(snapshot, 1, 1000);
        plan = PolicyPlan.Compile(snapshot, "node-1", plan, changed);
        node.Apply.Update(plan, node.Links);
        snapshot = BenchTown.Relabelled(snapshot, 1, 0);
        var start = Stopwatch.GetTimestamp();
        plan = PolicyPlan.Compile(snapshot, "node-1", plan, changed);
        node.Apply.Update(plan, node.Links);
        var written = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        using (var client = node.Client.Netns.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)))
        {
            client.Connect(new IPEndPoint(BenchTown.Server, BenchTown.Port));
            client.LingerState = new LingerOption(true, 0);
        }
        listener.Accept().Dispose();
        if (i >= 0)
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        if (i >= 0)
            adding.Add(written);
    }
    Report.Spread("a pod is relabelled, snapshot to connection, ms", times, "p99 ≤ 50");
    Report.Spread("… until it is in the kernel", adding, "");
    List<double> policies = [];
    var first = snapshot.NetworkPolicies["town/policy-0"];
    for (var i = 0; i < 100; i++)
    {
        var start = Stopwatch.GetTimestamp();
        snapshot = snapshot with { NetworkPolicies = i % 2 == 0 ? snapshot.NetworkPolicies.Remove(first.Key) : snapshot.NetworkPolicies.Add(first.Key, first) };
        plan = PolicyPlan.Compile(snapshot, "node-1", plan, new HashSet<string>());
        node.Apply.Update(plan, node.Links);
        policies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }
    Report.Spread("a policy comes or goes, snapshot to kernel, ms", policies, "");
}
