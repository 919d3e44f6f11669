using System.Net;
using System.Net.Sockets;

namespace Vitrine.Model.Plans;

/// <summary>Ranges that do not overlap, by where they lie: who overlaps another one is found without a look at all of them.</summary>
internal sealed class RangeIndex<T>
{
    private static readonly Comparer<Entry> ByPlace = Comparer<Entry>.Create((a, b) => a.V6 != b.V6 ? a.V6.CompareTo(b.V6) : a.First.CompareTo(b.First));
    private readonly SortedSet<Entry> entries = new(ByPlace);

    private readonly record struct Entry(bool V6, UInt128 First, UInt128 Last, int Order, T Value);

    /// <summary>A range that overlaps none of those that are there.</summary>
    public void Add(IPNetwork range, T value) => entries.Add(At(range, entries.Count, value));

    /// <summary>What overlaps a range, in the order it was added.</summary>
    public IEnumerable<T> Overlapping(IPNetwork range)
    {
        if (entries.Count == 0)
            return [];
        var asked = At(range, 0, default!);
        // The one that begins before it may reach into it.
        var first = entries.GetViewBetween(new Entry(asked.V6, 0, 0, 0, default!), asked).Max;
        var from = first is { Value: not null } && first.V6 == asked.V6 && first.Last >= asked.First ? first : asked;
        return entries.GetViewBetween(from, asked with { First = asked.Last }).OrderBy(e => e.Order).Select(e => e.Value);
    }

    private static Entry At(IPNetwork range, int order, T value) =>
        new(range.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6, Subnets.Number(range.BaseAddress), Subnets.Number(Subnets.Last(range)), order, value);
}
