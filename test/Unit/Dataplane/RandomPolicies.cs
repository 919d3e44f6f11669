using System.Collections.Immutable;
using System.Net;
using Vitrine.Dataplane.Apply.Policies;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;

namespace Vitrine.Unit.Dataplane;

/// <summary>
/// A cluster under policies of every form, in which one thing after another changes: pods come, go and are relabelled, policies are written and deleted. The
/// plan of node-1 goes along.
/// </summary>
internal sealed class RandomPolicies
{
    private static readonly string[] Spaces = ["red", "blue"], Apps = ["a", "b", "c"];
    private static readonly int[] PortsUsed = [80, 443, 5000, 5003];
    private readonly Random random;
    private readonly ImmutableArray<(Pod Pod, string? Link)> pods;
    private readonly HashSet<string> absent = [];
    private int made;

    /// <param name="seed">the same cluster for the same seed</param>
    /// <param name="nodes">null for two that are made up</param>
    /// <param name="pods">with the names of their links, null where they are on another node; null for some that are made up. Their namespaces are red and blue</param>
    public RandomPolicies(int seed, IEnumerable<Node>? nodes = null, IEnumerable<(Pod Pod, string? Link)>? pods = null)
    {
        random = new Random(seed);
        Snapshot = ClusterSnapshot.Empty with
        {
            Nodes = (nodes ?? [NodeOf(1), NodeOf(2)]).ToImmutableDictionary(n => n.Name),
            Namespaces = Spaces.ToImmutableDictionary(s => s, s => new Namespace(s, s, false) { Labels = Labels("color", s) }),
        };
        this.pods = [.. (pods ?? Enumerable.Range(1, 8).Select(i => (PodOf(i), i <= 5 ? $"vtr{i}" : null)))];
        foreach (var (pod, _) in this.pods)
            Snapshot = Snapshot with { Pods = Snapshot.Pods.SetItem(pod.Key, pod with { Labels = Labels("app", Any(Apps)) }) };
        for (var i = 0; i < 4; i++)
            Write();
        Plan = PolicyPlan.Compile(Snapshot, "node-1");
    }

    public ClusterSnapshot Snapshot { get; private set; }

    public PolicyPlan Plan { get; private set; }

    /// <summary>As the CNI plugin left them.</summary>
    public ImmutableArray<PodLink> Links =>
        [.. pods.Where(p => p.Link is not null && !absent.Contains(p.Pod.Key)).Select(p => new PodLink(p.Link!, p.Pod.Uid, p.Pod.Key, false, false, p.Pod.Addresses))];

    /// <summary>Changes one thing.</summary>
    public void Step()
    {
        var (pod, link) = pods[random.Next(pods.Length)];
        switch (random.Next(10))
        {
            case 0 or 1 or 2:
                Snapshot = Snapshot with { Pods = Snapshot.Pods.SetItem(pod.Key, pod with { Labels = Labels("app", Any(Apps)) }) };
                break;
            case 3:
                Snapshot = Snapshot with { Pods = Snapshot.Pods.Remove(pod.Key) };
                break;
            case 4 when link is not null:
                if (!absent.Remove(pod.Key))
                    absent.Add(pod.Key);
                break;
            case 5 when Snapshot.NetworkPolicies.Count > 2:
                Snapshot = Snapshot with { NetworkPolicies = Snapshot.NetworkPolicies.Remove(Any([.. Snapshot.NetworkPolicies.Keys.Order(StringComparer.Ordinal)])) };
                break;
            case 6 when Snapshot.ClusterNetworkPolicies.Count > 1:
                Snapshot = Snapshot with { ClusterNetworkPolicies = Snapshot.ClusterNetworkPolicies.Remove(Any([.. Snapshot.ClusterNetworkPolicies.Keys.Order(StringComparer.Ordinal)])) };
                break;
            case 7:
                var space = Any(Spaces);
                Snapshot = Snapshot with { Namespaces = Snapshot.Namespaces.SetItem(space, new Namespace(space, space, false) { Labels = Labels("color", Any(Spaces)) }) };
                break;
            default:
                Write();
                break;
        }
        Plan = PolicyPlan.Compile(Snapshot, "node-1", Plan);
    }

    /// <summary>A port that some rule may be for, or another.</summary>
    public int AnyPort() => PortsUsed[random.Next(PortsUsed.Length)] + (random.Next(3) == 0 ? 1 : 0);

    private void Write()
    {
        var name = $"p{made++ % 6}";
        if (random.Next(3) > 0)
        {
            var policy = new NetworkPolicy
            {
                Namespace = Any(Spaces), Name = name, Uid = name, Pods = Selector("app", Apps), Ingress = random.Next(3) > 0 ? Rules(cluster: false) : null, Egress = random.Next(3) == 0 ? Rules(cluster: false) : null,
            };
            Snapshot = Snapshot with { NetworkPolicies = Snapshot.NetworkPolicies.SetItem(policy.Key, policy) };
            return;
        }
        var over = new ClusterNetworkPolicy
        {
            Name = name, Uid = name, Baseline = random.Next(2) == 0, Priority = random.Next(4), Namespaces = Selector("color", Spaces), Pods = Selector("app", Apps),
            Ingress = Rules(cluster: true), Egress = random.Next(2) == 0 ? Rules(cluster: true) : [],
        };
        Snapshot = Snapshot with { ClusterNetworkPolicies = Snapshot.ClusterNetworkPolicies.SetItem(name, over) };
    }

    private ImmutableArray<PolicyRule> Rules(bool cluster) => [.. Enumerable.Range(0, random.Next(4)).Select(_ => new PolicyRule
    {
        Action = cluster ? (PolicyAction)random.Next(3) : PolicyAction.Accept, Everybody = random.Next(5) == 0, Peers = [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Peer(cluster))],
        EveryPort = random.Next(3) == 0, Ports = [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Port())],
    })];

    private PolicyPort Port()
    {
        var first = PortsUsed[random.Next(PortsUsed.Length)];
        return random.Next(6) == 0 ? new PolicyPort("TCP", "web", 0, 0) : new PolicyPort(random.Next(2) == 0 ? "TCP" : "UDP", "", first, first + random.Next(3));
    }

    private PolicyPeer Peer(bool cluster)
    {
        if (random.Next(4) > 0)
            return new PolicyPeer { Namespaces = cluster || random.Next(2) == 0 ? Selector("color", Spaces) : null, Pods = Selector("app", Apps) };
        var address = Any([.. pods.SelectMany(p => p.Pod.Addresses)]);
        var bits = address.GetAddressBytes().Length * 8;
        var network = Subnet(address, bits - random.Next(9));
        return new PolicyPeer { Block = network, Except = network.PrefixLength < bits - 2 && random.Next(2) == 0 ? [Subnet(address, bits - 1)] : [] };
    }

    private static IPNetwork Subnet(IPAddress address, int prefix)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = prefix; bit < bytes.Length * 8; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> bit % 8);
        return new IPNetwork(new IPAddress(bytes), prefix);
    }

    private LabelSelector Selector(string key, string[] values) =>
        random.Next(3) == 0 ? LabelSelector.Everything : new LabelSelector([new LabelRequirement(key, random.Next(4) == 0 ? "NotIn" : "In", [Any(values)])]);

    private T Any<T>(IReadOnlyList<T> list) => list[random.Next(list.Count)];

    private static ImmutableDictionary<string, string> Labels(string key, string value) => ImmutableDictionary<string, string>.Empty.Add(key, value);

    private static Node NodeOf(int i) => new()
    {
        Name = $"node-{i}", Uid = $"node-{i}", Ready = true, Allocatable = default, Addresses = [IPAddress.Parse($"10.0.1.{i}")],
        PodCidrs = [IPNetwork.Parse($"10.244.{i}.0/24"), IPNetwork.Parse($"fd00:244:0:{i}::/64")],
    };

    private static Pod PodOf(int i) => new()
    {
        Namespace = Spaces[i % 2], Name = $"p{i}", Uid = $"uid-{i}", NodeName = i <= 5 ? "node-1" : "node-2", SchedulerName = "", Requests = default,
        Addresses = [IPAddress.Parse($"10.244.{(i <= 5 ? 1 : 2)}.{i}"), IPAddress.Parse($"fd00:244:0:{(i <= 5 ? 1 : 2)}::{i}")], Ports = [new PodPort("c", "web", 80 + i % 2 * 363, "TCP", 0)],
    };
}
