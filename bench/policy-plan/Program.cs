using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using Vitrine.Model;
using Vitrine.Model.Explain;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;

// Vitrine.Bench.PolicyPlan [PODS [POLICIES [OWN]]]: what a policy plan costs, from nothing and after one pod, and what one question costs who has the plans, as the
// map has them; its way leads by one of 10 000 Services. No contender: others do not take it apart from their tables.
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

Explained();

void Explained()
{
    const int services = 10_000;
    snapshot = snapshot with
    {
        Services = Enumerable.Range(0, services).Select(i => new Service { Namespace = "ns-0", Name = $"svc-{i}", Uid = $"{i}", ClusterIPs = [Vip(i)], Ports = [new ServicePort("", "TCP", 80, "8080", 0)] }).ToImmutableDictionary(s => s.Key),
        EndpointSlices = Enumerable.Range(0, services).Select(i => new EndpointSlice
        {
            Namespace = "ns-0", Name = $"svc-{i}-a", ServiceName = $"svc-{i}", Ports = [new EndpointPort("", "TCP", 8080)],
            Endpoints = [new Endpoint { Address = Address(i % pods), NodeName = i % pods < own ? "node-1" : "node-2", Pod = Pod(i % pods, 0).Key }],
        }).ToImmutableDictionary(s => s.ServiceKey, s => ImmutableDictionary<string, EndpointSlice>.Empty.Add(s.Name, s)),
    };
    string[] nodes = ["node-1", "node-2"];
    var scene = new Scene(snapshot, nodes.ToImmutableDictionary(n => n, n => RoutePlan.Compile(snapshot, n, new NodeLinks([new NodeLink("eth0", 1500, [LinkNetwork.Of(NodeAddress(n[^1] - '1'), 24)])]))!), Observations.None)
    {
        Services = nodes.ToImmutableDictionary(n => n, n => ServicePlan.Compile(snapshot, n)), Policies = nodes.ToImmutableDictionary(n => n, n => PolicyPlan.Compile(snapshot, n)),
    };
    // As who has read the nodes' links: the network they share.
    scene = scene with
    {
        Observations = Observations.None with
        {
            Stations = nodes.Select(n => scene.Station(Place.Node(n))!).Select(s => s with { Links = [.. s.Links.Select(l => l.Name == "eth0" ? l with { Addresses = [LinkNetwork.Of(NodeAddress(s.Name[^1] - '1'), 24)] } : l)] }).ToImmutableDictionary(s => s.Name),
        },
    };
    var (asked, verdicts) = (0, new SortedDictionary<string, int>());
    Timed("one flow explained by a Service of 10000", 200, () =>
    {
        var (from, to) = (asked % own, (asked * 37 + 1) % services);
        asked++;
        var explanation = PacketWalk.Explain(scene, new Question(new Place(Place.Pod(Pod(from, 0).Key), Address(from)), new Place(Place.Service($"ns-0/svc-{to}"), Vip(to)), Transport.Tcp, 80));
        verdicts[$"{explanation.Verdict}"] = verdicts.GetValueOrDefault($"{explanation.Verdict}") + 1;
    });
    Console.WriteLine($"… verdicts: {string.Join(", ", verdicts.Select(v => $"{v.Key} {v.Value}"))}");
}

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

void Row(string what, int rounds, Func<PolicyPlan> work) => Timed(what, rounds, () => work());

void Timed(string what, int rounds, Action work)
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
    Labels = Labels(("app", $"app-{app}"), ("tier", i % 2 == 0 ? "front" : "back")), Addresses = [Address(i)], Ports = [new PodPort("c", "http", 8080 + (app % 3), "TCP", 0)],
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

IPAddress Address(int i) => Subnets.At(range, (UInt128)(i < own ? i + 1 : (1 << 14) + i));

static IPAddress Vip(int i) => new([172, 20, (byte)(i >> 8), (byte)i]);

static IPAddress NodeAddress(int i) => new([192, 0, 2, (byte)(i + 1)]);

static Node Node(string name) => new()
{
    Name = name, Uid = name, Ready = true, Allocatable = default, Addresses = [NodeAddress(name[^1] - '1')], PodCidrs = [IPNetwork.Parse(name[^1] == '1' ? "10.0.0.0/18" : "10.0.64.0/18")],
};

static ImmutableDictionary<string, string> Labels(params (string Key, string Value)[] labels) => labels.ToImmutableDictionary(l => l.Key, l => l.Value);
