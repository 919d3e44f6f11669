using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Vitrine.Model.Snapshot;

namespace Vitrine.Unit.Model.Policies;

/// <summary>A small random cluster, as objects of the API: for the plan they are read, for the naive judge they are asked as they are.</summary>
internal sealed class PolicyWorld(Random random)
{
    private static readonly string[] Spaces = ["kube-system", "red", "blue"], Apps = ["x", "y"], Tiers = ["front", "back"], Names = ["http", "dns", "pg"], Transports = ["TCP", "UDP", "SCTP"];
    private static readonly int[] Ports = [53, 80, 81, 8080, 65535];
    private int made;

    public SortedDictionary<string, V1Node> Nodes { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, V1Namespace> Namespaces { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, V1Pod> Pods { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, V1NetworkPolicy> Policies { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, JsonObject> ClusterPolicies { get; } = new(StringComparer.Ordinal);

    public V1Service Dns { get; } = new()
    {
        Metadata = new V1ObjectMeta { Name = "kube-dns", NamespaceProperty = "kube-system", Labels = new Dictionary<string, string> { ["k8s-app"] = "kube-dns", ["app"] = "x" } },
        Spec = new V1ServiceSpec { ClusterIP = "10.96.0.10", ClusterIPs = ["10.96.0.10"], Ports = [new V1ServicePort { Name = "dns", Port = 53, Protocol = "UDP" }] },
    };

    public static PolicyWorld Of(Random random)
    {
        var world = new PolicyWorld(random);
        foreach (var n in new[] { 1, 2 })
            world.Nodes[$"node-{n}"] = new V1Node
            {
                Metadata = new V1ObjectMeta { Name = $"node-{n}", Uid = $"{n}", Labels = new Dictionary<string, string> { ["app"] = Apps[n - 1] } },
                Spec = new V1NodeSpec { PodCIDRs = [$"10.244.{n}.0/24"] }, Status = new V1NodeStatus { Addresses = [new V1NodeAddress { Type = "InternalIP", Address = $"10.0.1.{n}" }] },
            };
        foreach (var name in Spaces)
            world.Relabel(name);
        for (var i = 0; i < 8; i++)
            world.PutPod(i);
        for (var i = random.Next(6); i > 0; i--)
            world.PutPolicy(i);
        for (var i = random.Next(4); i > 0; i--)
            world.PutClusterPolicy(i);
        return world;
    }

    /// <summary>Something happens, and the pods it happens to.</summary>
    public IReadOnlySet<string> Step()
    {
        var i = random.Next(8);
        switch (random.Next(12))
        {
            case 0:
                Relabel(Pick(Spaces));
                return new HashSet<string>();
            case 1:
                PutPolicy(i);
                return new HashSet<string>();
            case 2:
                Policies.Remove($"policy-{i}");
                return new HashSet<string>();
            case 3:
                PutClusterPolicy(i % 4);
                return new HashSet<string>();
            case 4:
                ClusterPolicies.Remove($"cluster-{i % 4}");
                return new HashSet<string>();
            case 5:
                Nodes["node-2"].Metadata.Labels = Labels();
                return new HashSet<string>();
            case 6 or 7:
                var gone = Pods.Values.Where(p => p.Metadata.Name == $"pod-{i}").ToArray();
                foreach (var pod in gone)
                    Pods.Remove(Key(pod));
                return gone.Select(Key).ToHashSet();
            default:
                return PutPod(i);
        }
    }

    public ClusterSnapshot Snapshot(ClusterSnapshot before) => new()
    {
        Nodes = Kept(before.Nodes, Nodes, (n, held) => Same(held.Labels, n.Metadata.Labels), SnapshotReader.Read),
        Namespaces = Kept(before.Namespaces, Namespaces, (n, held) => Same(held.Labels, n.Metadata.Labels), SnapshotReader.Read),
        Pods = Kept(before.Pods, Pods, (p, held) => held.Uid == p.Metadata.Uid, SnapshotReader.Read),
        NetworkPolicies = Kept(before.NetworkPolicies, Policies.Values.ToDictionary(p => $"{p.Metadata.NamespaceProperty}/{p.Metadata.Name}"), (p, held) => held.Uid == p.Metadata.Uid, PolicyReader.Read),
        ClusterNetworkPolicies = Kept(before.ClusterNetworkPolicies, ClusterPolicies, (p, held) => held.Uid == (string?)p["metadata"]!["uid"], p => ClusterPolicyReader.Read(JsonSerializer.SerializeToElement(p))),
        Services = before.Services.IsEmpty ? before.Services.Add("kube-system/kube-dns", ServiceReader.Read(Dns)) : before.Services,
    };

    public static string Key(V1Pod pod) => $"{pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}";

    /// <summary>What stayed is the same instance, as a watch has it.</summary>
    private static ImmutableDictionary<string, TKept> Kept<T, TKept>(ImmutableDictionary<string, TKept> before, IDictionary<string, T> now, Func<T, TKept, bool> same, Func<T, TKept> read)
    {
        var after = before.RemoveRange(before.Keys.Where(k => !now.ContainsKey(k)));
        foreach (var (key, value) in now)
            if (!after.TryGetValue(key, out var held) || !same(value, held))
                after = after.SetItem(key, read(value));
        return after;
    }

    private static bool Same(ImmutableDictionary<string, string> held, IDictionary<string, string> now) => held.Count == now.Count && held.All(l => now.TryGetValue(l.Key, out var value) && value == l.Value);

    private void Relabel(string name) =>
        Namespaces[name] = new V1Namespace { Metadata = new V1ObjectMeta { Name = name, Uid = name, Labels = new Dictionary<string, string>(Labels()) { ["kubernetes.io/metadata.name"] = name } } };

    private HashSet<string> PutPod(int i)
    {
        var concerned = Pods.Values.Where(p => p.Metadata.Name == $"pod-{i}").Select(Key).ToHashSet();
        foreach (var key in concerned)
            Pods.Remove(key);
        var node = 1 + random.Next(2);
        // Now and then an address that another has, or had.
        var last = random.Next(6) == 0 ? random.Next(8) : i;
        var host = random.Next(9) == 0;
        var pod = new V1Pod
        {
            Metadata = new V1ObjectMeta
            {
                Name = $"pod-{i}", NamespaceProperty = Pick(Spaces), Uid = $"{made++}", Labels = Labels(), CreationTimestamp = DateTime.UnixEpoch.AddSeconds(made),
                DeletionTimestamp = random.Next(6) == 0 ? DateTime.UnixEpoch : null,
            },
            Spec = new V1PodSpec
            {
                NodeName = $"node-{node}", HostNetwork = host,
                Containers = [new V1Container { Name = "c", Ports = [.. Names.Where(_ => random.Next(2) == 0).Select(n => new V1ContainerPort { Name = n, ContainerPort = Pick(Ports), Protocol = Pick(Transports) })] }],
            },
            Status = new V1PodStatus
            {
                Phase = random.Next(10) == 0 ? "Failed" : "Running",
                PodIPs = host ? [new V1PodIP { Ip = $"10.0.1.{node}" }] : random.Next(10) == 0 ? [] : [new V1PodIP { Ip = $"10.244.{node}.{last}" }, new V1PodIP { Ip = $"fd00:{node}::{last}" }],
            },
        };
        Pods[Key(pod)] = pod;
        concerned.Add(Key(pod));
        return concerned;
    }

    private void PutPolicy(int i) => Policies[$"policy-{i}"] = new V1NetworkPolicy
    {
        Metadata = new V1ObjectMeta { Name = $"policy-{i}", NamespaceProperty = Pick(Spaces), Uid = $"{made++}" },
        Spec = new V1NetworkPolicySpec
        {
            PodSelector = Selector(),
            PolicyTypes = random.Next(4) switch { 0 => null, 1 => ["Ingress"], 2 => ["Egress"], _ => ["Ingress", "Egress"] },
            Ingress = Maybe(() => new V1NetworkPolicyIngressRule { FromProperty = Maybe(Peer), Ports = Maybe(Port) }),
            Egress = Maybe(() => new V1NetworkPolicyEgressRule { To = Maybe(Peer), Ports = Maybe(Port) }),
        },
    };

    private V1NetworkPolicyPeer Peer() => random.Next(4) switch
    {
        0 => new V1NetworkPolicyPeer { IpBlock = Block() },
        1 => new V1NetworkPolicyPeer { NamespaceSelector = Selector() },
        2 => new V1NetworkPolicyPeer { PodSelector = Selector() },
        _ => new V1NetworkPolicyPeer { NamespaceSelector = Selector(), PodSelector = Selector() },
    };

    private V1IPBlock Block() => random.Next(4) switch
    {
        0 => new V1IPBlock { Cidr = "0.0.0.0/0", Except = random.Next(2) == 0 ? null : ["10.244.1.0/24", "10.0.0.0/16"] },
        1 => new V1IPBlock { Cidr = $"10.244.{1 + random.Next(2)}.0/24", Except = [$"10.244.1.{random.Next(4)}/32", "10.244.2.0/30"] },
        2 => new V1IPBlock { Cidr = "fd00::/16", Except = ["fd00:1::/32"] },
        _ => new V1IPBlock { Cidr = "192.0.2.0/24" },
    };

    private V1NetworkPolicyPort Port()
    {
        var protocol = random.Next(3) == 0 ? null : Pick(Transports);
        var port = Pick(Ports);
        return random.Next(4) switch
        {
            0 => new V1NetworkPolicyPort { Protocol = protocol },
            1 => new V1NetworkPolicyPort { Protocol = protocol, Port = Pick(Names) },
            2 => new V1NetworkPolicyPort { Protocol = protocol, Port = port, EndPort = Math.Min(65535, port + random.Next(8000)) },
            _ => new V1NetworkPolicyPort { Protocol = protocol, Port = port },
        };
    }

    private void PutClusterPolicy(int i) => ClusterPolicies[$"cluster-{i}"] = new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = $"cluster-{i}", ["uid"] = $"{made++}" },
        ["spec"] = new JsonObject
        {
            ["tier"] = random.Next(2) == 0 ? "Admin" : "Baseline",
            ["priority"] = random.Next(3),
            ["subject"] = random.Next(2) == 0 ? new JsonObject { ["namespaces"] = Json(Selector()) } : new JsonObject { ["pods"] = NamespacedPod() },
            ["ingress"] = new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => ClusterRule("from"))]),
            ["egress"] = new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => ClusterRule("to"))]),
        },
    };

    private JsonObject ClusterRule(string side)
    {
        var rule = new JsonObject
        {
            ["action"] = Pick(["Accept", "Deny", "Pass"]),
            [side] = new JsonArray([.. Enumerable.Range(0, 1 + random.Next(2)).Select(_ => ClusterPeer(side))]),
        };
        if (random.Next(3) > 0)
            rule["protocols"] = new JsonArray([.. Enumerable.Range(0, 1 + random.Next(2)).Select(_ => ClusterPort())]);
        return rule;
    }

    private JsonNode ClusterPeer(string side) => random.Next(side == "to" ? 4 : 2) switch
    {
        0 => new JsonObject { ["namespaces"] = Json(Selector()) },
        1 => new JsonObject { ["pods"] = NamespacedPod() },
        2 => new JsonObject { ["nodes"] = Json(Selector()) },
        _ => new JsonObject { ["networks"] = new JsonArray(Pick(["0.0.0.0/0", "10.244.1.0/24", "fd00::/16"]), "192.0.2.0/25") },
    };

    private JsonNode ClusterPort() => random.Next(4) switch
    {
        0 => new JsonObject { ["destinationNamedPort"] = Pick(Names) },
        1 => new JsonObject { ["udp"] = new JsonObject { ["destinationPort"] = new JsonObject { ["range"] = new JsonObject { ["start"] = 50, ["end"] = 80 + random.Next(100) } } } },
        _ => new JsonObject { [Pick(["tcp", "sctp"])] = new JsonObject { ["destinationPort"] = new JsonObject { ["number"] = Pick(Ports) } } },
    };

    private JsonObject NamespacedPod() => new() { ["namespaceSelector"] = Json(Selector()), ["podSelector"] = Json(Selector()) };

    private static JsonNode Json(V1LabelSelector selector) => JsonNode.Parse(KubernetesJson.Serialize(selector))!;

    private V1LabelSelector Selector() => random.Next(5) switch
    {
        0 => new V1LabelSelector(),
        1 => new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["tier"] = Pick(Tiers) } },
        2 => new V1LabelSelector { MatchExpressions = [new V1LabelSelectorRequirement { Key = "tier", OperatorProperty = Pick(["Exists", "DoesNotExist"]) }] },
        3 => new V1LabelSelector { MatchExpressions = [new V1LabelSelectorRequirement { Key = "app", OperatorProperty = Pick(["In", "NotIn"]), Values = [.. Apps[..(1 + random.Next(2))]] }] },
        _ => new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = Pick(Apps) } },
    };

    private Dictionary<string, string> Labels()
    {
        var labels = new Dictionary<string, string> { ["app"] = Pick(Apps) };
        if (random.Next(3) > 0)
            labels["tier"] = Pick(Tiers);
        return labels;
    }

    private List<T>? Maybe<T>(Func<T> make) => random.Next(4) is 0 ? null : [.. Enumerable.Range(0, random.Next(3)).Select(_ => make())];

    private T Pick<T>(T[] from) => from[random.Next(from.Length)];
}
