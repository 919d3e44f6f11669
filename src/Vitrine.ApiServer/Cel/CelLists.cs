namespace Vitrine.ApiServer.Cel;

/// <summary>Functions of lists and maps, and size, which strings have too.</summary>
internal static class CelLists
{
    public static IReadOnlyDictionary<string, CelFunction> All { get; } = new Dictionary<string, CelFunction>
    {
        ["size"] = Size,
        [".size"] = Size,
        [".isSorted"] = static (args, budget) =>
        {
            var items = Items(args[0], budget);
            return Enumerable.Range(1, Math.Max(0, items.Count - 1)).All(i => Order(items[i - 1], items[i]) <= 0);
        },
        [".min"] = static (args, budget) => Extreme(args[0], budget, "min", -1),
        [".max"] = static (args, budget) => Extreme(args[0], budget, "max", 1),
        [".sum"] = static (args, budget) => Items(args[0], budget) is { Count: > 0 } items ? items.Skip(1).Aggregate(items[0], (sum, item) => CelOperators.All["+"]([sum, item], budget)) : 0L,
        [".indexOf"] = static (args, budget) => args[0] is string text
            ? CelStrings.IndexOf(text, CelStrings.Text(args[1], budget), args.Length == 3 ? CelStrings.Long(args[2]) : null, last: false)
            : IndexOf(Items(args[0], budget), args[1], budget, last: false),
        [".lastIndexOf"] = static (args, budget) => args[0] is string text
            ? CelStrings.IndexOf(text, CelStrings.Text(args[1], budget), args.Length == 3 ? CelStrings.Long(args[2]) : null, last: true)
            : IndexOf(Items(args[0], budget), args[1], budget, last: true),
        ["sets.contains"] = static (args, budget) => Contains(args[0], args[1], budget),
        ["sets.equivalent"] = static (args, budget) => Contains(args[0], args[1], budget) && Contains(args[1], args[0], budget),
        ["sets.intersects"] = static (args, budget) => Items(args[0], budget) is var one && Items(args[1], budget).Any(item => one.Any(other => CelValues.AreEqual(item, other, budget))),
    };

    private static object? Size(object?[] args, CelBudget budget)
    {
        if (args[0] is string text)
        {
            budget.Traverse(text.Length);
            return text.EnumerateRunes().LongCount();
        }
        return args[0] switch
        {
            byte[] bytes => (long)bytes.Length,
            CelList list => (long)list.Items.Count,
            _ => (long)(CelMap.Of(args[0])?.Count ?? throw CelFault.NoOverload()),
        };
    }

    private static IReadOnlyList<object?> Items(object? value, CelBudget budget)
    {
        var items = (value as CelList ?? throw CelFault.NoOverload()).Items;
        budget.Spend(1 + items.Count);
        return items;
    }

    private static int Order(object? one, object? other) => CelValues.Compare(one, other) ?? throw CelFault.NoOverload();

    private static object? Extreme(object? value, CelBudget budget, string name, int sign)
    {
        var items = Items(value, budget);
        return items.Count == 0 ? throw new CelFault($"{name} called on empty list") : items.Skip(1).Aggregate(items[0], (best, item) => Order(item, best) * sign > 0 ? item : best);
    }

    private static long IndexOf(IReadOnlyList<object?> items, object? wanted, CelBudget budget, bool last)
    {
        for (var i = 0; i < items.Count; i++)
        {
            var at = last ? items.Count - 1 - i : i;
            if (CelValues.AreEqual(items[at], wanted, budget))
            {
                return at;
            }
        }
        return -1;
    }

    private static bool Contains(object? set, object? subset, CelBudget budget)
    {
        var known = Items(set, budget);
        return Items(subset, budget).All(item => known.Any(one => CelValues.AreEqual(one, item, budget)));
    }
}
