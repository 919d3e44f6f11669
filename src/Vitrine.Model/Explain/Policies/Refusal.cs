using System.Net;
using Vitrine.Model.Plans.Policies;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Explain.Policies;

/// <summary>A decision about a packet, at the end of it that policies select.</summary>
/// <param name="At">whose policies</param>
/// <param name="Peer">the other end</param>
internal sealed record Refusal(Pod At, PolicyDirection Direction, IPAddress Peer, Packet Packet, PolicyDecision Decision)
{
    public string Pod => Place.Pod(At.Key);

    /// <summary>TCP, UDP or SCTP; null for what has no ports.</summary>
    public string? Protocol => Packet.Transport == Transport.Icmp ? null : Packet.Transport.ToString().ToUpperInvariant();

    public string PortName => Protocol is { } protocol ? $"{protocol} port {Packet.Port}" : "ICMP";

    /// <summary>Null where the other end is no pod, nor what counts as one. Of those with one address: who is asked is DNS, who asks is the gateway.</summary>
    public Party? Party(Scene scene) => scene.PodAt(Peer) is { } pod ? Plans.Policies.Party.Of(pod)
        : StandIns.Of(scene.Snapshot).Where(s => !s.IsNode && s.Addresses.Contains(Peer)).OrderBy(s => StandIns.IsDns(s) == (Direction == PolicyDirection.Egress)).LastOrDefault();

    public string PeerName(Scene scene) => Party(scene) is { } party ? party.IsPod ? Place.Pod(party.Owner) : $"{Peer} ({party.Owner})"
        : scene.Snapshot.Nodes.Values.FirstOrDefault(n => n.Addresses.Contains(Peer)) is { } node ? $"{Peer} ({Place.Node(node.Name)})" : $"{Peer}";
}
