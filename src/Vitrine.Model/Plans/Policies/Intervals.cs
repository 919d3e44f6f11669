using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Vitrine.Model.Plans.Policies;

/// <summary>Sets of addresses as disjoint intervals that are not adjacent, IPv4 before IPv6.</summary>
internal static class Intervals
{
    /// <summary>A range less others; those that are not inside it take nothing away.</summary>
    public static ImmutableArray<AddressInterval> Of(IPNetwork range, ImmutableArray<IPNetwork> except)
    {
        var family = range.BaseAddress.AddressFamily;
        var (next, last) = (Subnets.Number(range.BaseAddress), Subnets.Number(Subnets.Last(range)));
        var left = ImmutableArray.CreateBuilder<AddressInterval>();
        foreach (var (first, end) in except.Where(e => e.BaseAddress.AddressFamily == family).Select(e => (First: Subnets.Number(e.BaseAddress), End: Subnets.Number(Subnets.Last(e)))).Order())
        {
            if (end < next)
                continue;
            if (first > last)
                break;
            if (first > next)
                left.Add(new AddressInterval(Subnets.Address(family, next), Subnets.Address(family, first - 1)));
            if (end >= last)
                return left.ToImmutable();
            next = end + 1;
        }
        left.Add(new AddressInterval(Subnets.Address(family, next), Subnets.Address(family, last)));
        return left.ToImmutable();
    }

    public static ImmutableArray<AddressInterval> Union(IEnumerable<AddressInterval> all)
    {
        var merged = ImmutableArray.CreateBuilder<AddressInterval>();
        foreach (var next in all.OrderBy(i => i.First.AddressFamily == AddressFamily.InterNetworkV6).ThenBy(i => Subnets.Number(i.First)))
            if (merged.Count > 0 && merged[^1] is var held && held.First.AddressFamily == next.First.AddressFamily && Adjoins(held, next))
                merged[^1] = Subnets.Number(next.Last) > Subnets.Number(held.Last) ? held with { Last = next.Last } : held;
            else
                merged.Add(next);
        return merged.ToImmutable();
    }

    public static bool Contains(ImmutableArray<AddressInterval> intervals, IPAddress address)
    {
        foreach (var interval in intervals)
            if (interval.Contains(address))
                return true;
        return false;
    }

    private static bool Adjoins(AddressInterval held, AddressInterval next) =>
        Subnets.Number(next.First) <= Subnets.Number(held.Last) || Subnets.Number(next.First) - Subnets.Number(held.Last) == 1;
}
