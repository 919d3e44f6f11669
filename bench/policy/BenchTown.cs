using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Snapshot;

namespace Vitrine.Bench.Policy;

/// <summary>
/// A hundred pods on the node, a thousand on others, and a thousand policies: ten select each pod of the node, and each lets in pods of one label on one port. The
/// first pod is the server, the second the client.
/// </summary>
internal static class BenchTown
{
    internal const int Pods = 100, Others = 1000, PerPod = 10, Labels = 50, Port = 5300;

    internal static readonly IPAddress Server = Own(0), Client = Own(1);

    internal static IPAddress Own(int i) => IPAddress.Parse($"10.244.1.{i + 2}");

    internal static ClusterSnapshot Snapshot()
    {
        var node = new Node { Name = "node-1", Uid = "1", Ready = true, Allocatable = default, Addresses = [IPAddress.Parse("10.0.1.1")], PodCidrs = [IPNetwork.Parse("10.244.1.0/24")] };
        return ClusterSnapshot.Empty with
        {
            Nodes = ImmutableDictionary<string, Node>.Empty.Add(node.Name, node),
            Namespaces = ImmutableDictionary<string, Namespace>.Empty.Add("town", new Namespace("town", "town", false)),
            Pods = Enumerable.Range(0, Pods).Select(i => PodOf(i, "node-1", Own(i), i == 1 ? 0 : i % Labels))
                .Concat(Enumerable.Range(0, Others).Select(i => PodOf(Pods + i, "node-2", IPAddress.Parse($"10.244.{2 + i / 250}.{i % 250 + 2}"), i % Labels))).ToImmutableDictionary(p => p.Key),
            NetworkPolicies = Enumerable.Range(0, Pods * PerPod).Select(PolicyOf).ToImmutableDictionary(p => p.Key),
        };
    }

    /// <summary>Pod <paramref name="i"/> belongs to no group any more, or to its own again.</summary>
    internal static ClusterSnapshot Relabelled(ClusterSnapshot snapshot, int i, int label)
    {
        var pod = snapshot.Pods[$"town/pod-{i}"];
        return snapshot with { Pods = snapshot.Pods.SetItem(pod.Key, pod with { Labels = pod.Labels.SetItem("group", $"g{label}") }) };
    }

    /// <summary>Which groups a policy lets in: the last of a pod's ten has the client.</summary>
    internal static int GroupOf(int policy) => policy % PerPod == PerPod - 1 ? 0 : (policy * 7 + 1) % (Labels - 1) + 1;

    private static Pod PodOf(int i, string node, IPAddress address, int group) => new()
    {
        Namespace = "town", Name = $"pod-{i}", Uid = $"uid-{i}", NodeName = node, SchedulerName = "", Requests = default, Addresses = [address],
        Labels = ImmutableDictionary<string, string>.Empty.Add("pod", $"{i}").Add("group", $"g{group}"),
    };

    private static NetworkPolicy PolicyOf(int i) => new()
    {
        Namespace = "town", Name = $"policy-{i}", Uid = $"policy-{i}", Pods = Of("pod", $"{i / PerPod}"),
        Ingress = [new PolicyRule { Peers = [new PolicyPeer { Pods = Of("group", $"g{GroupOf(i)}") }], Ports = [new PolicyPort("TCP", "", Port, Port), new PolicyPort("TCP", "", 8000 + i % PerPod, 8000 + i % PerPod)] }],
    };

    private static LabelSelector Of(string key, string value) => LabelSelector.Of(ImmutableDictionary<string, string>.Empty.Add(key, value));
}
