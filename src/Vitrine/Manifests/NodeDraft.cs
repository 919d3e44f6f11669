using System.Collections.Immutable;
using k8s.Models;
using Vitrine.Agent.Node;
using Vitrine.Clusters;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;

namespace Vitrine.Manifests;

/// <summary>The nodes `vitrine up --nodes K` makes: with room for anything, since files do not say what machine they are for.</summary>
internal static class NodeDraft
{
    // As agents report it; processors and memory are nobody's.
    private const string MaxPods = "110", ManyProcessors = "1000000", MuchMemory = "1000Ti";

    /// <summary>The defaults of `vitrine up`, in both address families.</summary>
    /// <exception cref="CommandFailure">no such number of nodes</exception>
    public static ClusterSpec Spec(int nodes) => new ClusterSpec
    {
        Name = ClusterSpec.DefaultName,
        ApiPort = ClusterSpec.DefaultApiPort,
        PodCidrs = Ranges.Require("--pod-cidr", null, ClusterSpec.DefaultPodCidr, "dual", 26, 56),
        ServiceCidrs = Ranges.Require("--service-cidr", null, ClusterSpec.DefaultServiceCidr, "dual", 28, 112),
        NodeCidrs = Ranges.Require("--node-cidr", null, ClusterSpec.DefaultNodeCidr, "dual", 28, 64),
        Mtu = 1500,
        NodeMonitorGracePeriod = 40,
        DefaultTolerationSeconds = 300,
        Egress = HostEgress.None,
        Runtime = "runc",
        Kubeconfig = "",
        Nodes = [],
    }.WithNodes(nodes);

    public static ImmutableArray<V1Node> Of(ClusterSpec spec)
    {
        var bare = spec.Nodes.Select(One).ToArray();
        var known = new ClusterSnapshot { Nodes = bare.Select(SnapshotReader.Read).ToImmutableDictionary(n => n.Name) };
        var ranges = PodCidrPlan.Compile(known, [.. ClusterSpec.Parse(spec.PodCidrs).Select(ClusterCidr.Of)]).Assignments.ToDictionary(a => a.Node.Name, a => a.PodCidrs);
        foreach (var node in bare)
            node.Spec.PodCIDRs = [.. ranges[node.Metadata.Name].Select(r => $"{r}")];
        return [.. bare];
    }

    /// <summary>Links as `vitrine up` makes them: one to the bridge that all nodes share.</summary>
    public static NodeLinks Links(ClusterSpec spec, NodeSpec node) => new([new NodeLink("eth0", spec.Mtu, OnBridge(spec, node.Parsed))]);

    /// <summary>Addresses with the network of the bridge.</summary>
    public static ImmutableArray<LinkNetwork> OnBridge(ClusterSpec spec, IEnumerable<System.Net.IPAddress> addresses) =>
        [.. addresses.Select(a => new LinkNetwork(a, ClusterSpec.Parse(spec.NodeCidrs).First(r => r.Contains(a))))];

    private static V1Node One(NodeSpec node)
    {
        var room = new Dictionary<string, ResourceQuantity> { ["cpu"] = new(ManyProcessors), ["memory"] = new(MuchMemory), ["pods"] = new(MaxPods) };
        return new V1Node
        {
            ApiVersion = "v1",
            Kind = "Node",
            Metadata = new V1ObjectMeta { Name = node.Name, Uid = node.Name, Labels = NodeLabels.Of(node.Name, node.ControlPlane) },
            Spec = new V1NodeSpec { Taints = node.Tainted ? [new V1Taint { Key = "node-role.kubernetes.io/control-plane", Effect = "NoSchedule" }] : null },
            Status = new V1NodeStatus
            {
                Addresses = [.. node.Addresses.Select(a => new V1NodeAddress { Type = "InternalIP", Address = a })],
                Allocatable = room,
                Conditions = [new V1NodeCondition { Type = "Ready", Status = "True" }],
            },
        };
    }
}
