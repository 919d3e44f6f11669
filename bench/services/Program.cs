using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Vitrine.Bench.Services;
using Vitrine.Model.Plans;

// Vitrine.Bench.Services [ROUNDS [PART …]]: see run.sh; the parts are nothing, scale, changes, connects, throughput. Contenders take turns within each round; ratios are of values of the same round.
var rounds = args.Length > 0 ? int.Parse(args[0]) : 3;
var directory = Directory.CreateTempSubdirectory("bench-").FullName;
const int many = 10_000;
var ruleset = Path.Combine(directory, "kube-proxy.nft");
File.WriteAllText(ruleset, ProxyShaped.Ruleset(many));
var small = Path.Combine(directory, "kube-proxy-10.nft");
File.WriteAllText(small, ProxyShaped.Ruleset(10));

foreach (var (part, run) in new (string, Action)[] { ("nothing", FromNothing), ("scale", Scale), ("changes", Changes), ("connects", Connects), ("throughput", Throughput) })
    if (args.Length < 2 || args.Skip(1).Contains(part))
        run();
Directory.Delete(directory, recursive: true);

void FromNothing()
{
    List<double> ours = [], theirs = [], oursMemory = [], theirsMemory = [];
    Program(many, []);
    for (var round = 0; round < rounds; round++)
    {
        ours.Add(Program(many, oursMemory));
        theirs.Add(Load(theirsMemory));
    }
    Report.Row($"{many} Services × 2 endpoints from nothing, s", ours, theirs, "kube-proxy-shaped, nft -f", "≤ 0.02");
    Report.Row($"kernel memory of {many} Services, MB", oursMemory, theirsMemory, "kube-proxy-shaped", "≤ 0.33");

    double Load(List<double> memory)
    {
        using var node = new BenchNode(directory);
        var before = Report.KernelMegabytes();
        var start = Stopwatch.GetTimestamp();
        node.WithRuleset(ruleset);
        var time = Stopwatch.GetElapsedTime(start).TotalSeconds;
        memory.Add(Report.KernelMegabytes() - before);
        return time;
    }
}

void Scale()
{
    List<double> one = [], five = [];
    Program(many, []);
    for (var round = 0; round < 3 * rounds; round++)
    {
        one.Add(Program(many, []));
        five.Add(Program(5 * many, []));
    }
    Report.Row($"{5 * many} Services, s", five, one, $"{many} Services", "≤ 6");
}

// Snapshot to kernel: the compilation is part of it.
double Program(int services, List<double> memory)
{
    using var node = new BenchNode(directory);
    var snapshot = BenchCluster.Snapshot(services);
    GC.Collect();
    var before = Report.KernelMegabytes();
    var start = Stopwatch.GetTimestamp();
    node.Apply.Update(ServicePlan.Compile(snapshot, "node-1"));
    var time = Stopwatch.GetElapsedTime(start).TotalSeconds;
    memory.Add(Report.KernelMegabytes() - before);
    return time;
}

// The endpoint of one Service moves from a port to another; done when a connection arrives there.
void Changes()
{
    using var node = new BenchNode(directory);
    using Socket one = Traffic.Listen(node, 8080), two = Traffic.Listen(node, 8081);
    var snapshot = BenchCluster.Snapshot(many);
    var plan = ServicePlan.Compile(snapshot, "node-1");
    node.Apply.Update(plan);
    HashSet<string> changed = ["default/service-0"], added = ["default/added"];
    List<double> endpoint = [], service = [];
    for (var i = -50; i < 500; i++)
    {
        var next = snapshot.With(BenchCluster.Slice("service-0", [BenchCluster.Server], i % 2 == 0 ? 8081 : 8080));
        Measure(next, changed, BenchCluster.Vip(0), endpoint);
        var without = snapshot;
        var vip = BenchCluster.Vip(many + 1);
        Measure(snapshot.With(BenchCluster.Slice("added", [BenchCluster.Server])) with { Services = snapshot.Services.Add("default/added", snapshot.Services["default/service-0"] with { Name = "added", Uid = "added", ClusterIPs = [vip] }) }, added, vip, service);
        plan = ServicePlan.Compile(snapshot = without, "node-1", null, plan, added);
        node.Apply.Update(plan, added);

        void Measure(Vitrine.Model.Snapshot.ClusterSnapshot to, HashSet<string> which, IPAddress address, List<double> into)
        {
            var start = Stopwatch.GetTimestamp();
            plan = ServicePlan.Compile(to, "node-1", null, plan, which);
            node.Apply.Update(plan, which);
            Traffic.Connect(node, new IPEndPoint(address, BenchCluster.Port), 1);
            if (i >= 0)
                into.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            snapshot = to;
        }
    }
    Report.Spread($"one endpoint of {many} Services changes, snapshot to connection, ms", endpoint, "p50 ≤ 10, p99 ≤ 50");
    Report.Spread($"one Service more than {many}, likewise, ms", service, "p50 ≤ 10, p99 ≤ 50");
}

void Connects()
{
    using BenchNode ten = new BenchNode(directory).WithServices(10), tenThousand = new BenchNode(directory).WithServices(many), thirty = new BenchNode(directory).WithServices(3 * many), peer = new BenchNode(directory).WithRuleset(small);
    BenchNode[] nodes = [ten, tenThousand, thirty, peer, ten];
    var listeners = nodes.Distinct().Select(n => Traffic.Listen(n, BenchCluster.TargetPort)).ToArray();
    var times = nodes.Select(_ => new List<double>()).ToArray();
    for (var round = -1; round < 4 * rounds; round++)
        for (var n = 0; n < nodes.Length; n++)
        {
            var which = (n + round + 1) % nodes.Length;
            // The last is the pod itself, without a Service.
            var to = which == nodes.Length - 1 ? new IPEndPoint(BenchCluster.Server, BenchCluster.TargetPort) : new IPEndPoint(BenchCluster.Vip(0), BenchCluster.Port);
            var all = Traffic.Connect(nodes[which], to, 1500).Order().ToArray();
            if (round >= 0)
                times[which].Add(all[all.Length / 2]);
        }
    Report.Row("connect to a ClusterIP, 10 Services, p50 µs", times[0], times[3], "kube-proxy-shaped, 10 Services", "≤ 1.05");
    Report.Row($"… {many} Services", times[1], times[0], "10 Services", "≤ 1.10");
    Report.Row($"… {3 * many} Services", times[2], times[0], "10 Services", "≤ 1.10");
    Report.Row("… against the pod's own address", times[0], times[4], "pod to pod", "");
    foreach (var listener in listeners)
        listener.Dispose();
}

void Throughput()
{
    using var node = new BenchNode(directory);
    var snapshot = BenchCluster.Snapshot(many);
    snapshot = snapshot.With(BenchCluster.Slice("service-0", [BenchCluster.Server], 5201));
    node.Apply.Update(ServicePlan.Compile(snapshot, "node-1"));
    using var server = Process.Start(new ProcessStartInfo("nsenter", [$"--net={node.Server.Path}", "taskset", "-c", "0", "iperf3", "-s"]) { RedirectStandardOutput = true })!;
    try
    {
        Thread.Sleep(500);
        List<double> service = [], pod = [];
        for (var round = -1; round < 3 * rounds; round++)
            foreach (var first in round % 2 == 0 ? new[] { true, false } : [false, true])
            {
                var speed = Traffic.Transfer(node, first ? new IPEndPoint(BenchCluster.Vip(0), BenchCluster.Port) : new IPEndPoint(BenchCluster.Server, 5201), 1);
                if (round >= 0)
                    (first ? service : pod).Add(speed);
            }
        Report.Row("pod to Service, Gbit/s", service, pod, "pod to pod", "≥ 0.98");
    }
    finally
    {
        server.Kill();
        server.WaitForExit();
    }
}
