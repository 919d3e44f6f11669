using System.Net;
using Vitrine.Model;

namespace Vitrine.Dataplane.Apply.Services;

/// <summary>Ranges as a set of intervals takes them.</summary>
internal static class Ranges
{
    /// <summary>Without those that lie within others: the kernel takes no overlaps, and CIDR ranges overlap only so.</summary>
    public static IEnumerable<IPNetwork> Apart(IReadOnlyCollection<IPNetwork> ranges)
    {
        var kept = new List<IPNetwork>();
        foreach (var range in ranges.OrderBy(r => r.PrefixLength))
            if (!kept.Exists(k => Subnets.Overlap(k, range)))
                kept.Add(range);
        return kept;
    }
}
