using System.Net;
using Vitrine.Model.Plans.Dns;

namespace Vitrine.Model.Explain.Services;

/// <summary>A node on which nobody answers for the cluster's DNS has sent a question on to another node's, and remembers it for the answer.</summary>
/// <param name="Station">the node</param>
/// <param name="Asked">the cluster's address</param>
/// <param name="Peer">whom it has asked instead</param>
/// <param name="Possible">between how many the kernel chooses</param>
public sealed record NameDetour(string Station, IPAddress Asked, DnsPeer Peer, int Possible) : IRewrite
{
    public const string Table = "table inet vitrine-dns";
    private const int Port = 53;

    public IPAddress To => Peer.Address;

    public string Object => Station;

    /// <summary>Why the other node's DNS sees the node's address; null when it sees who asks.</summary>
    internal string? Masquerade(IPAddress client) => client.Equals(Asked) ? "since every node has the address of the cluster's DNS" : null;

    /// <summary>Null where the question stays: somebody listens, or no other node is ready.</summary>
    internal static NameDetour? Of(Scene scene, Station station, Packet packet, Redirects redirects)
    {
        if (packet.IsReply || packet.InTunnel || !IsQuestion(scene, packet) || station.Listeners is null || !station.Holds(packet.Destination)
            || station.Taker(packet.Transport, packet.Destination, packet.Port) is not null
            || new Place(station.Name, null).NodeName is not { } node || scene.Snapshot.Nodes.GetValueOrDefault(node) is not { } own || !own.RangeAddresses.Any(station.Holds))
            return null;
        var peers = DnsDetour.Of(scene.Snapshot, own).Of(packet.Destination.AddressFamily);
        return peers.IsEmpty ? null : new NameDetour(station.Name, packet.Destination, peers[redirects.Which % peers.Length], peers.Length);
    }

    /// <summary>It asks the cluster's DNS.</summary>
    internal static bool IsQuestion(Scene scene, Packet packet) => IsDns(packet) && scene.DnsAddresses.Contains(packet.Destination);

    /// <summary>It has come to where the node's DNS stands in for another's.</summary>
    internal static bool IsForStandIn(Scene scene, Station station, Packet packet) => IsDns(packet) && !scene.DnsAddresses.IsEmpty
        && new Place(station.Name, null).NodeName is { } node && scene.Snapshot.Nodes.GetValueOrDefault(node)?.RangeAddresses.Contains(packet.Destination) == true;

    private static bool IsDns(Packet packet) => packet is { Port: Port, Transport: Transport.Udp or Transport.Tcp };
}
