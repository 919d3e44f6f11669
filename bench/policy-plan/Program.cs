using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using Vitrine.Model;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;

// Vitrine.Bench.PolicyPlan [PODS [POLICIES [OWN]]]: what a policy plan costs, from nothing and after one pod. No contender: others do not take it apart from their tables.
var (pods, policies, own) = (args.Length > 0 ? int.Parse(args[0]) : 10_000, args.Length > 1 ? int.Parse(args[1]) : 1_000, args.Length > 2 ? int.Parse(args[2]) : 100);
var spaces = Math.Max(1, pods / 100);
var range = IPNetwork.Parse("10.0.0.0/8");
var snapshot = new ClusterSnapshot
{
    Nodes = new[] { Node("node-1"), Node("node-2") }.ToImmutableDictionary(n => n.Name),
    Namespaces = Enumerable.Range(0, spaces).Select(i => new Namespace($"ns-{i}", "", false) { Labels = Labels(("kubernetes.io/metadata.name", $"ns-{i}"), ("team", $"team-{i % 10}")) }).ToImmutableDictionary(n => n.Name),
    Pods = Enumerable.Range(0, pods).Select(i => Pod(i, i % 20)).ToImmutableDictionary(p => p.Key),
    NetworkPolicies = Enumerable.Range(0, policies).Select(Policy).ToImmutableDictionary(p => p.Key),
};
var plan = PolicyPlan.Compile(snapshot, "node-1");
Row("from nothing", 9, () => PolicyPlan.Compile(snapshot, "node-1"));
var turn = 0;
Row("one pod relabelled, elsewhere", 200, () => Relabel(pods - 1, ++turn % 20, named: true));
Row("one pod relabelled, of this node", 200, () => Relabel(0, ++turn % 20, named: true));
Row("one pod relabelled, not told which", 50, () => Relabel(pods - 1, ++turn % 20, named: false));
Row("one pod's status, nothing else", 200, () => Relabel(pods - 1, turn % 20, named: true));
Row("one policy changed", 50, () => Change(++turn % policies));
GC.Collect();
Console.WriteLine($"{plan.Groups.Count} groups, {plan.Groups.Values.Sum(g => g.Pods.Count)} members, {plan.Pods.Values.SelectMany(p => new[] { p.Ingress, p.Egress }).Distinct().Count()} isolations; {GC.GetTotalMemory(true) / 1e6:F0} MB with the snapshot");

PolicyPlan Relabel(int i, int app, bool named)
{
    var pod = Pod(i, app);
    snapshot = snapshot with { Pods = snapshot.Pods.SetItem(pod.Key, pod) };
    return plan = PolicyPlan.Compile(snapshot, "node-1", plan, named ? new HashSet<string> { pod.Key } : null);
}

PolicyPlan Change(int i)
{
    var policy = Policy(i) with { Uid = $"{turn}" };
    snapshot = snapshot with { NetworkPolicies = snapshot.NetworkPolicies.SetItem(policy.Key, policy) };
    return plan = PolicyPlan.Compile(snapshot, "node-1", plan, new HashSet<string>());
}

void Row(string what, int rounds, Func<PolicyPlan> work)
{
    for (var i = 0; i < Math.Max(3, rounds / 4); i++)
        work();
    var times = Enumerable.Range(0, rounds).Select(_ =>
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }).Order().ToArray();
    Console.WriteLine($"{what,-40} {times[rounds / 2],8:F2} ms median, {times[(int)(rounds * 0.99)],8:F2} ms p99, of {rounds}; {pods} pods, {own} here, {policies} policies");
}

Pod Pod(int i, int app) => new()
{
    Namespace = $"ns-{i % spaces}", Name = $"pod-{i}", Uid = $"{i}", NodeName = i < own ? "node-1" : "node-2", SchedulerName = "", Requests = default, Phase = "Running",
    Labels = Labels(("app", $"app-{app}"), ("tier", i % 2 == 0 ? "front" : "back")), Addresses = [Subnets.At(range, (UInt128)(i + 1))], Ports = [new PodPort("c", "http", 8080 + (app % 3), "TCP", 0)],
};

// Ten a namespace: a wall, DNS, own front ends, another team, a block, a port's name.
NetworkPolicy Policy(int i) => new()
{
    Namespace = $"ns-{i % spaces}", Name = $"policy-{i}", Uid = "", Pods = i / spaces % 5 == 0 ? LabelSelector.Everything : LabelSelector.Of(Labels(("app", $"app-{i / spaces}"))),
    Ingress =
    [
        new PolicyRule { Peers = [new PolicyPeer { Pods = LabelSelector.Of(Labels(("tier", "front"))) }, new PolicyPeer { Namespaces = LabelSelector.Of(Labels(("team", $"team-{i % 10}"))), Pods = LabelSelector.Of(Labels(("app", $"app-{i % 20}"))) }], Ports = [new PolicyPort("TCP", "http", 0, 0)] },
        new PolicyRule { Peers = [new PolicyPeer { Block = Subnets.Around(IPAddress.Parse($"192.0.{i % 256}.0"), 24) }], Ports = [new PolicyPort("TCP", "", 9000, 9100)] },
    ],
    Egress = i / spaces % 2 == 0 ? null : [new PolicyRule { Everybody = true, Ports = [new PolicyPort("UDP", "", 53, 53)] }, new PolicyRule { Peers = [new PolicyPeer { Namespaces = LabelSelector.Everything, Pods = LabelSelector.Everything }], EveryPort = true }],
};

static Node Node(string name) => new() { Name = name, Uid = name, Allocatable = default };

static ImmutableDictionary<string, string> Labels(params (string Key, string Value)[] labels) => labels.ToImmutableDictionary(l => l.Key, l => l.Value);
