using System.Net;

namespace Vitrine.Model.Plans;

/// <summary>A cluster's pod range of one family, and how large a node's share of it is (the terms of KEP-2593).</summary>
/// <param name="Range">The cluster's range.</param>
/// <param name="NodePrefixLength">Prefix length of one node's share, e.g. 24 or 64.</param>
public sealed record ClusterCidr(IPNetwork Range, int NodePrefixLength)
{
    /// <summary>A /24 or a /64 per node as upstream's default has it, smaller only where the range itself is.</summary>
    public static ClusterCidr Of(IPNetwork range) => new(range, Math.Max(range.PrefixLength, Subnets.Bits(range) == 32 ? 24 : 64));
}
