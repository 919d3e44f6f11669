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
        // Who lies within another comes after it, and after others within it at most.
        foreach (var range in ranges.OrderBy(r => r.BaseAddress.AddressFamily).ThenBy(r => Subnets.Number(r.BaseAddress)).ThenBy(r => r.PrefixLength))
            if (kept.Count == 0 || !Subnets.Overlap(kept[^1], range))
                kept.Add(range);
        return kept;
    }
}
