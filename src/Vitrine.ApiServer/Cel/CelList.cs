using System.Collections;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Structural;

namespace Vitrine.ApiServer.Cel;

/// <summary>A list; of one that is a set or a map by its schema the order means nothing (kubernetes.io: CEL, "Equality").</summary>
/// <param name="Schema">x-kubernetes-list-type and keys; null for an ordinary list.</param>
internal sealed record CelList(IReadOnlyList<object?> Items, StructuralSchema? Schema = null)
{
    public bool IsEqual(CelList other, CelBudget budget)
    {
        budget.Traverse(Items.Count);
        if (Items.Count != other.Items.Count)
        {
            return false;
        }
        if (Schema?.ListType is "set" or "map" || other.Schema?.ListType is "set" or "map")
        {
            return Items.All(item => other.Items.Any(one => CelValues.AreEqual(item, one, budget)));
        }
        for (var i = 0; i < Items.Count; i++)
        {
            if (!CelValues.AreEqual(Items[i], other.Items[i], budget))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Two sets make their union, two maps are merged by their keys, the right one winning; others are put one behind the other.</summary>
    public CelList Plus(CelList other, CelBudget budget)
    {
        budget.Spend(1 + Items.Count + other.Items.Count);
        if (Schema?.ListType is not ("set" or "map"))
        {
            return new CelList([.. Items, .. other.Items]);
        }
        var made = Items.ToList();
        foreach (var item in other.Items)
        {
            var at = made.FindIndex(known => Schema.ListType == "set" ? CelValues.AreEqual(known, item, budget) : HaveSameKeys(known, item, budget));
            if (at < 0)
            {
                made.Add(item);
            }
            else if (Schema.ListType == "map")
            {
                made[at] = item;
            }
        }
        return this with { Items = made };
    }

    private bool HaveSameKeys(object? one, object? other, CelBudget budget) => CelMap.Of(one) is { } a && CelMap.Of(other) is { } b
        && Schema!.ListKeys.All(key => a.Find(key, out var x) == b.Find(key, out var y) && CelValues.AreEqual(x, y, budget));
}

/// <summary>A list of an object, its items made when they are asked for.</summary>
internal sealed class JsonItems(JsonArray list, StructuralSchema? schema) : IReadOnlyList<object?>
{
    public int Count => list.Count;

    public object? this[int index] => CelValues.From(list[index], schema);

    public IEnumerator<object?> GetEnumerator()
    {
        for (var i = 0; i < list.Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
