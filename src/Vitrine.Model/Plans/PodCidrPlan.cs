using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans;

/// <summary>A node gets its pod ranges, one of each family of the cluster, the primary family first.</summary>
public sealed record PodCidrAssignment(Node Node, ImmutableArray<IPNetwork> PodCidrs);

/// <summary>Which pod ranges every node without any gets: the lowest free ones, so that a range is never held twice.</summary>
public sealed record PodCidrPlan(ImmutableArray<PodCidrAssignment> Assignments, ImmutableArray<Node> WithoutRange)
{
    /// <param name="snapshot">The nodes.</param>
    /// <param name="ranges">The cluster's pod ranges, one per family.</param>
    /// <param name="given">By uid of the node: what was written already, and what an older snapshot does not show yet.</param>
    public static PodCidrPlan Compile(ClusterSnapshot snapshot, ImmutableArray<ClusterCidr> ranges, IReadOnlyDictionary<string, ImmutableArray<IPNetwork>>? given = null)
    {
        given ??= ImmutableDictionary<string, ImmutableArray<IPNetwork>>.Empty;
        var held = snapshot.Nodes.Values.SelectMany(n => n.PodCidrs).Concat(given.Values.SelectMany(g => g)).ToHashSet();
        var free = ranges.Select(r => Shares(r).Where(s => !held.Contains(s)).GetEnumerator()).ToArray();
        var assignments = ImmutableArray.CreateBuilder<PodCidrAssignment>();
        var without = ImmutableArray.CreateBuilder<Node>();
        foreach (var node in snapshot.Nodes.Values.Where(n => n.PodCidrs.IsEmpty && !given.ContainsKey(n.Uid)).OrderBy(n => n.Name, StringComparer.Ordinal))
        {
            if (Array.TrueForAll(free, f => f.MoveNext()))
            {
                assignments.Add(new PodCidrAssignment(node, [.. free.Select(f => f.Current)]));
            }
            else
            {
                without.Add(node);
            }
        }

        return new PodCidrPlan(assignments.ToImmutable(), without.ToImmutable());
    }

    private static IEnumerable<IPNetwork> Shares(ClusterCidr range)
    {
        for (var i = 0L; i < Subnets.Shares(range.Range, range.NodePrefixLength); i++)
        {
            yield return Subnets.Share(range.Range, range.NodePrefixLength, (UInt128)i);
        }
    }
}
