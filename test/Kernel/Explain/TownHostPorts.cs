using System.Net;
using Vitrine.Cni.Config;
using Vitrine.Cni.Firewall;
using Vitrine.Kernel.Dataplane;
using Vitrine.Linux.Nft;
using Vitrine.Model.Explain;
using Vitrine.Model.Snapshot;

namespace Vitrine.Kernel.Explain;

/// <summary>Random host ports of a random town's pods, as the CNI plugin would have them in the nodes' kernels.</summary>
internal sealed class TownHostPorts
{
    private const int First = 8088;
    private readonly Random random;
    private int last = First;

    public TownHostPorts(Lab lab, Random random)
    {
        this.random = random;
        foreach (var node in lab.Nodes)
            foreach (var pod in node.Pods.Where(_ => random.Next(2) == 0))
            {
                var on = random.Next(6) switch { 0 => node.V4, 1 => node.V6, 2 => IPAddress.Any, _ => null };
                var target = RandomTown.Ports[random.Next(RandomTown.Ports.Length)];
                pod.Pod = pod.Pod with { Ports = [.. new[] { "TCP", "UDP" }.Select(p => new PodPort("main", "", target, p, last, on))] };
                var mappings = new[] { PortMapping.Tcp, PortMapping.Udp }.Select(p => new PortMapping(p, on, last, target));
                node.Netns.Handle.Run(() =>
                {
                    using var nft = NftSocket.Open();
                    HostPorts.Publish(nft, new PublishedPod(new EntryOwner(pod.HostLink, "vitrine", pod.Pod.Key), [.. mappings], [pod.V4, pod.V6], null), _ => false, () => []);
                });
                last++;
            }
    }

    /// <summary>A node, and a port that one of the town's pods publishes: on this node, or on another.</summary>
    public (Place Place, int Port) Pick(bool v6, IReadOnlyList<LabNode> nodes)
    {
        var node = nodes[random.Next(nodes.Count)];
        var own = node.Pods.SelectMany(p => p.Pod.Ports).Select(p => p.HostPort).Distinct().ToArray();
        return (new Place(Place.Node(node.Node.Name), v6 ? node.V6 : node.V4), own.Length > 0 && random.Next(5) > 0 ? own[random.Next(own.Length)] : random.Next(First, last + 1));
    }
}
