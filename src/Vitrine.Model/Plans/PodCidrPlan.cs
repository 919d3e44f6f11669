using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans;

/// <summary>A node gets a pod range.</summary>
public sealed record PodCidrAssignment(Node Node, IPNetwork PodCidr);

/// <summary>Which pod range every node without one gets: the lowest free ones, so that a range is never held twice.</summary>
public sealed record PodCidrPlan(ImmutableArray<PodCidrAssignment> Assignments, ImmutableArray<Node> WithoutRange)
{
    /// <param name="snapshot">The nodes.</param>
    /// <param name="cluster">The cluster's IPv4 pod range.</param>
    /// <param name="nodePrefixLength">Prefix length of a node's share, e.g. 24.</param>
    public static PodCidrPlan Compile(ClusterSnapshot snapshot, IPNetwork cluster, int nodePrefixLength)
    {
        var held = snapshot.Nodes.Values.Where(n => n.PodCidrs.Length > 0).SelectMany(n => n.PodCidrs).ToHashSet();
        var free = Shares(cluster, nodePrefixLength).Where(s => !held.Contains(s)).GetEnumerator();
        var assignments = ImmutableArray.CreateBuilder<PodCidrAssignment>();
        var without = ImmutableArray.CreateBuilder<Node>();
        foreach (var node in snapshot.Nodes.Values.Where(n => n.PodCidrs.IsEmpty).OrderBy(n => n.Name, StringComparer.Ordinal))
        {
            if (free.MoveNext())
            {
                assignments.Add(new PodCidrAssignment(node, free.Current));
            }
            else
            {
                without.Add(node);
            }
        }

        return new PodCidrPlan(assignments.ToImmutable(), without.ToImmutable());
    }

    private static IEnumerable<IPNetwork> Shares(IPNetwork cluster, int prefixLength)
    {
        var bytes = new byte[4];
        cluster.BaseAddress.TryWriteBytes(bytes, out _);
        var start = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        for (var i = 0u; i < 1u << (prefixLength - cluster.PrefixLength); i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, start + (i << (32 - prefixLength)));
            yield return new IPNetwork(new IPAddress(bytes), prefixLength);
        }
    }
}
