using System.Collections.Immutable;

namespace Vitrine.Gateway.Feed;

/// <summary>How a list comes out of an earlier one: runs of it, and new items. Order and instances of what stays are kept.</summary>
internal sealed record ListPatch<T> where T : class
{
    /// <summary>Pairs. (at, count): so many of the earlier list from there; (-1, count): the next so many new items.</summary>
    public ImmutableArray<int> Runs { get; init; } = [];

    public ImmutableArray<T> Items { get; init; } = [];

    /// <param name="before">the earlier list</param>
    /// <param name="after">what shall come out</param>
    /// <param name="key">of an item; items of one key are compared by content if they are not the same instance</param>
    /// <param name="same">content of two items is equal</param>
    public static ListPatch<T> Between(ImmutableArray<T> before, ImmutableArray<T> after, Func<T, string> key, Func<T, T, bool> same)
    {
        // Of a long list mostly the beginning and the end are the very same.
        var head = 0;
        while (head < before.Length && head < after.Length && ReferenceEquals(before[head], after[head]))
            head++;
        var tail = 0;
        while (tail < before.Length - head && tail < after.Length - head && ReferenceEquals(before[^(tail + 1)], after[^(tail + 1)]))
            tail++;
        var byKey = new Dictionary<string, int>(StringComparer.Ordinal);
        var byInstance = new Dictionary<T, int>(ReferenceEqualityComparer.Instance);
        for (var i = head; i < before.Length - tail; i++)
        {
            byKey.TryAdd(key(before[i]), i);
            byInstance.TryAdd(before[i], i);
        }

        var runs = new List<int>();
        var items = ImmutableArray.CreateBuilder<T>();
        Run(0, head);
        foreach (var item in after.AsSpan(head, after.Length - head - tail))
        {
            if (!byInstance.TryGetValue(item, out var at))
                at = byKey.TryGetValue(key(item), out var twin) && same(before[twin], item) ? twin : -1;
            if (at < 0)
                items.Add(item);
            Run(at, 1);
        }
        Run(before.Length - tail, tail);
        return new ListPatch<T> { Runs = [.. runs], Items = items.ToImmutable() };

        void Run(int at, int count)
        {
            if (count == 0)
                return;
            var goesOn = runs.Count > 0 && (at < 0 ? runs[^2] < 0 : runs[^2] >= 0 && runs[^2] + runs[^1] == at);
            if (goesOn)
                runs[^1] += count;
            else
                runs.AddRange([at, count]);
        }
    }

    /// <summary>Throws <see cref="FormatException"/> for a patch that does not fit.</summary>
    public ImmutableArray<T> Apply(ImmutableArray<T> before)
    {
        if (Runs is [0, var all] && all == before.Length)
            return before;
        var after = ImmutableArray.CreateBuilder<T>();
        var next = 0;
        for (var i = 0; i + 1 < Runs.Length; i += 2)
        {
            var (at, count) = (Runs[i], Runs[i + 1]);
            var from = at < 0 ? Items : before;
            var start = at < 0 ? next : at;
            if (count < 0 || start > from.Length - count)
                throw new FormatException("a change of the plan does not fit the plan it was made for");
            after.AddRange(from.AsSpan(start, count));
            next += at < 0 ? count : 0;
        }
        return after.ToImmutable();
    }
}
