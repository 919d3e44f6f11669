using System.Net;
using Vitrine.Dataplane.Apply;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Kernel.Dataplane;

/// <summary>A node of the lab: a namespace with an uplink, and its agent's hands.</summary>
internal sealed class LabNode : IDisposable
{
    private static readonly MacAddress HostMac = new(0x02_00_00_00_00_01), PodMac = new(0x02_00_00_00_00_02);
    private static readonly IPAddress Gateway4 = IPAddress.Parse("169.254.1.1"), Gateway6 = IPAddress.Parse("fe80::1");
    private NodeApply hands;

    public LabNode(int index, int link, ThrowAwayNetns netns)
    {
        Index = index;
        Netns = netns;
        (V4, V6) = Lab.On(link, 10 + index);
        hands = netns.Handle.Run(() => new NodeApply());
        Node = new Node
        {
            Name = $"node-{index}",
            Uid = $"node-{index}",
            Ready = true,
            Allocatable = default,
            Addresses = [V4, V6],
            PodCidrs = [IPNetwork.Parse($"10.244.{index}.0/24"), IPNetwork.Parse($"fd00:244:0:{index}::/64")],
        };
    }

    public int Index { get; }

    public ThrowAwayNetns Netns { get; }

    public IPAddress V4 { get; }

    public IPAddress V6 { get; }

    public Node Node { get; set; }

    public List<LabPod> Pods { get; } = [];

    public NodeApplied Apply(ClusterSnapshot snapshot)
    {
        var applied = hands.Apply(snapshot, Node.Name);
        Assert.Empty(applied.Failures);
        return applied;
    }

    /// <summary>As a new process finds it.</summary>
    public void RestartAgent()
    {
        hands.Dispose();
        hands = Netns.Handle.Run(() => new NodeApply());
    }

    /// <summary>A pod in routed mode: a host address, the link-local gateway, a route and a neighbour on the node.</summary>
    public LabPod AddPod(string? name = null, string space = "default")
    {
        var number = Pods.Count + 2;
        var pod = new LabPod(this, space, name ?? $"pod-{Index}-{number}", $"v{number}", IPAddress.Parse($"10.244.{Index}.{number}"), IPAddress.Parse($"fd00:244:0:{Index}::{number:x}"));
        Netns.Socket.CreateVeth(new VethSpec(pod.HostLink, "eth0") { PeerNetns = pod.Netns.Handle, Mac = HostMac, PeerMac = PodMac });
        Netns.Socket.SetLink(pod.HostLink, new LinkChange { Up = true, GenerateLinkLocal = false, Alias = $"vitrine vitrine sandbox eth0 {pod.Pod.Uid} {pod.Pod.Key}" });
        Netns.Handle.Run(() => NetSysctl.Write($"ipv4/conf/{pod.HostLink}/rp_filter", "1"));
        var host = Netns.Socket.GetLink(pod.HostLink).Index;
        var inside = pod.Netns.Socket;
        inside.SetUp("eth0");
        var eth0 = inside.GetLink("eth0").Index;
        foreach (var (address, gateway, bits, any) in new[] { (pod.V4, Gateway4, 32, "0.0.0.0/0"), (pod.V6, Gateway6, 128, "::/0") })
        {
            inside.AddAddress(eth0, address, bits);
            inside.ReplaceNeighbour(eth0, gateway, HostMac);
            inside.AddRoute(new RouteSpec(IPNetwork.Parse(any)) { Gateway = gateway, LinkIndex = eth0, OnLink = true });
            Netns.Socket.ReplaceNeighbour(host, address, PodMac);
            Netns.Socket.ReplaceRoute(new RouteSpec(new IPNetwork(address, bits)) { LinkIndex = host });
        }
        Pods.Add(pod);
        return pod;
    }

    public void Dispose()
    {
        foreach (var pod in Pods)
            pod.Dispose();
        hands.Dispose();
    }
}
