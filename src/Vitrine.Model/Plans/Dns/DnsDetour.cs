using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Dns;

/// <summary>
/// Who answers a node's pods while nobody on the node does, as between an old agent and the next: the DNS of the ready nodes that follow it by name, so that each
/// node stands in for few. A node's DNS is there for others at the first address of its pod range.
/// </summary>
/// <param name="Own">where this node stands in for others</param>
/// <param name="Peers">whom its own pods' questions may go to; none of a family: they are refused</param>
public sealed record DnsDetour(ImmutableArray<IPAddress> Own, ImmutableArray<DnsPeer> Peers)
{
    /// <summary>More than one, since the next may be away too.</summary>
    public const int MostNodes = 3;

    /// <summary>Nobody stands in for anybody.</summary>
    public static DnsDetour None { get; } = new([], []);

    /// <summary>Where other nodes, of which this is none, stand in.</summary>
    public IReadOnlySet<IPAddress> Elsewhere { get; private init; } = ImmutableHashSet<IPAddress>.Empty;

    public static DnsDetour Of(ClusterSnapshot snapshot, Node own)
    {
        Node[] others = [.. snapshot.Nodes.Values.Where(n => n.Name != own.Name && !n.PodCidrs.IsEmpty)];
        var next = others.Where(n => n.Ready).OrderBy(n => string.CompareOrdinal(n.Name, own.Name) < 0).ThenBy(n => n.Name, StringComparer.Ordinal).Take(MostNodes);
        return new DnsDetour([.. own.RangeAddresses], [.. from node in next from address in node.RangeAddresses select new DnsPeer(node.Name, address)])
        {
            Elsewhere = others.SelectMany(n => n.RangeAddresses).Except(own.RangeAddresses).ToHashSet(),
        };
    }

    /// <summary>Peers that speak the family.</summary>
    public ImmutableArray<DnsPeer> Of(AddressFamily family) => [.. Peers.Where(p => p.Address.AddressFamily == family)];
}

/// <summary>Another node's DNS.</summary>
public sealed record DnsPeer(string Node, IPAddress Address);
