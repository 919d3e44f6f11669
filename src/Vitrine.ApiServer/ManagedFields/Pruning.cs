using System.Text.Json.Nodes;
using Vitrine.ApiServer.Schema;

namespace Vitrine.ApiServer.ManagedFields;

/// <summary>What a manager applied before and applies no longer leaves the object, unless another manager has it, too. Source: structured-merge-diff, merge/update.go.</summary>
internal static class Pruning
{
    /// <param name="merged">The object with the new configuration laid over it; stays as it is.</param>
    /// <param name="last">What the manager applied before.</param>
    /// <param name="managed">What all managers have now, the applying one included.</param>
    /// <param name="shape">The object's.</param>
    public static JsonObject Apply(JsonObject merged, FieldSet last, FieldSet managed, FieldShape shape)
    {
        if (last.IsEmpty)
        {
            return merged;
        }

        FieldSet lastNamed = WithNamed(last, shape);
        JsonObject pruned = Without(merged, lastNamed, shape);
        FieldSet all = WithNamed(FieldCollector.Collect(merged, shape), shape);

        // What somebody still has comes back with everything it stands in.
        pruned = Without(merged, all.Difference(WithNamed(FieldCollector.Collect(pruned, shape), shape).Union(WithNamed(managed, shape))), shape);

        // What was swept away with an element without having been applied comes back, too.
        return Without(merged, all.Difference(WithNamed(FieldCollector.Collect(pruned, shape), shape)).Intersection(lastNamed), shape);
    }

    /// <summary>With the named fields on the way to each path: to have a.b of an object is to have a.</summary>
    internal static FieldSet WithNamed(FieldSet set, FieldShape? shape)
    {
        Dictionary<string, FieldSet> children = [];
        foreach ((string element, FieldSet child) in set.Children)
        {
            string? field = PathElement.FieldOf(element);
            FieldSet below = WithNamed(child, field is null ? shape?.Item : TypedField.Below(shape, field));
            children[element] = field is not null && TypedField.IsNamed(shape, field) ? below.Union(FieldSet.Leaf) : below;
        }

        return FieldSet.Of(set.IsMember, children);
    }

    /// <summary>A copy without the fields, entries and elements of a set; what becomes empty by that goes as well.</summary>
    internal static JsonObject Without(JsonObject value, FieldSet gone, FieldShape shape)
    {
        JsonObject copy = value.DeepClone().AsObject();
        Remove(copy, gone, shape);
        return copy;
    }

    private static void Remove(JsonNode? value, FieldSet gone, FieldShape? shape)
    {
        if (gone.IsEmpty || TypedField.IsLeaf(shape, value))
        {
            return;
        }

        if (value is JsonArray list)
        {
            string[] elements = [.. Enumerable.Range(0, list.Count).Select(i => TypedField.ElementAt(list, i, shape!))];
            for (int i = list.Count - 1; i >= 0; i--)
            {
                FieldSet below = gone.Below(elements[i]);
                if (below.IsMember)
                {
                    list.RemoveAt(i);
                }
                else
                {
                    Remove(list[i], below, shape!.Item);
                }
            }

            return;
        }

        JsonObject map = value!.AsObject();
        foreach ((string field, JsonNode? inner) in map.ToArray())
        {
            FieldSet below = gone.Below(PathElement.Field(field));
            if (below.IsEmpty)
            {
                continue;
            }

            Remove(inner, below, TypedField.Below(shape, field));
            if (below.IsMember || inner is JsonObject { Count: 0 } or JsonArray { Count: 0 })
            {
                map.Remove(field);
            }
        }
    }
}
