using System.Net;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Explain;

/// <summary>A node has sent what came to a port of its own on to the pod that publishes it there (hostPort).</summary>
/// <param name="Station">the node</param>
/// <param name="Asked">the node's address that was asked</param>
/// <param name="Pod">whose port it is</param>
/// <param name="EndPoint">the pod's address and port</param>
internal sealed record HostPortRewrite(string Station, IPAddress Asked, Pod Pod, IPEndPoint EndPoint) : IRewrite
{
    internal const string Table = "table inet vitrine-hostports";

    public IPAddress To => EndPoint.Address;

    public string Object => Place.Pod(Pod.Key);

    /// <summary>Null where the packet stays: it is for no address of the node, or for [::1], or no pod that has an address publishes the port there.</summary>
    internal static HostPortRewrite? Of(Scene scene, Station station, Packet packet)
    {
        if (packet.IsReply || packet.InTunnel || packet.Transport == Transport.Icmp || !station.Holds(packet.Destination) || packet.Destination.Equals(IPAddress.IPv6Loopback) || new Place(station.Name, null).NodeName is not { } node)
            return null;
        foreach (var (pod, port) in Publishers(scene, packet, p => p.Publishes(Protocol(packet), packet.Port, packet.Destination)))
            if (pod.NodeName == node && pod.Addresses.FirstOrDefault(a => a.AddressFamily == packet.Destination.AddressFamily) is { } address)
                return new HostPortRewrite(station.Name, packet.Destination, pod, new IPEndPoint(address, port.Port));
        return null;
    }

    /// <summary>Why the pod sees the node's address instead of the client's; null when it sees the client's.</summary>
    internal string? Masquerade(IPAddress client) =>
        client.Equals(To) ? "since a pod that is sent its own packet would answer itself" : IPAddress.IsLoopback(client) ? "since a loopback address does not leave its node" : null;

    /// <summary>Why a packet that nobody on a node takes was perhaps meant for a host port; null where no pod publishes such a one.</summary>
    internal static Leg? Missed(Scene scene, string node, Packet packet, Leg refused)
    {
        var all = Publishers(scene, packet, p => p.HostPort == packet.Port && p.Protocol == Protocol(packet)).OrderByDescending(p => p.Pod.NodeName == node).ThenBy(p => p.Pod.Key, StringComparer.Ordinal);
        if (all.FirstOrDefault() is not ({ } pod, { } port))
            return null;
        var (who, what) = (Place.Pod(pod.Key), $"host port {packet.Port}/{port.Protocol}");
        if (pod.NodeName != node)
            return refused with
            {
                Culprit = who, Why = $"{what} is published by {who}, which runs on {Place.Node(pod.NodeName!)} and not here: a host port is one of its pod's node alone",
                Fix = $"ask {Place.Node(pod.NodeName!)}, or publish the pod by a Service (NodePort)",
            };
        if (packet.Destination.Equals(IPAddress.IPv6Loopback))
            return refused with { Culprit = who, Why = $"{what} of {who} is not on [::1], which no pod can answer", Fix = $"ask 127.0.0.1, or an address of {Place.Node(node)}" };
        return pod.Addresses.Any(a => a.AddressFamily == packet.Destination.AddressFamily)
            ? refused with { Culprit = who, Why = $"{who} publishes {what} on {port.HostAddress} only", Fix = $"ask {port.HostAddress}, or leave out the port's hostIP" }
            : refused with
            {
                Culprit = who, Why = $"{who} publishes {what}, but has no {(packet.IsV6 ? "IPv6" : "IPv4")} address", Fix = "see what it waits for", Command = $"kubectl describe pod {pod.Name} -n {pod.Namespace}",
            };
    }

    private static IEnumerable<(Pod Pod, PodPort Port)> Publishers(Scene scene, Packet packet, Func<PodPort, bool> which) =>
        packet.Transport == Transport.Icmp ? [] : scene.Snapshot.Pods.Values.Where(p => p is { HostNetwork: false, Finished: false, NodeName: not null }).SelectMany(p => p.Ports.Where(which).Select(port => (p, port)));

    private static string Protocol(Packet packet) => packet.Transport.ToString().ToUpperInvariant();
}
