using System.Text.Json.Nodes;
using Vitrine.ApiServer.Schema;

namespace Vitrine.ApiServer.ManagedFields;

/// <summary>
/// An applied configuration laid over an object: leaves are replaced, maps and lists with keys are merged. The elements both have are in the
/// configuration's order, those of one side stand where they stood, the object's before the configuration's. Source: structured-merge-diff, typed/merge.go.
/// </summary>
internal static class TypedMerge
{
    /// <summary>A new value; neither argument is changed.</summary>
    public static JsonNode? Apply(JsonNode? live, JsonNode? applied, FieldShape? shape)
    {
        if (applied is null)
        {
            return live?.DeepClone();
        }

        return (live, applied) switch
        {
            (JsonArray old, JsonArray now) when TypedField.IsAssociative(shape) => List(old, now, shape!),
            (JsonObject old, JsonObject now) when !TypedField.IsAtomic(shape, now) => Object(old, now, shape),
            _ => applied.DeepClone(),
        };
    }

    private static JsonObject Object(JsonObject live, JsonObject applied, FieldShape? shape)
    {
        JsonObject merged = [];
        foreach ((string field, JsonNode? value) in live)
        {
            merged[field] = Apply(value, applied[field], TypedField.Below(shape, field));
        }

        foreach ((string field, JsonNode? value) in applied)
        {
            if (!merged.ContainsKey(field))
            {
                merged[field] = value?.DeepClone();
            }
        }

        return merged;
    }

    private static JsonArray List(JsonArray live, JsonArray applied, FieldShape shape)
    {
        string[] left = Elements(live, shape), right = Elements(applied, shape);
        Dictionary<string, JsonNode?> old = TypedField.Elements(live, shape);
        HashSet<string> wanted = [.. right];
        JsonArray merged = [];
        for (int l = 0, r = 0; l < left.Length || r < right.Length;)
        {
            if (l < left.Length && !wanted.Contains(left[l]))
            {
                merged.Add(live[l++]?.DeepClone());
            }
            else if (l < left.Length && NextShared(r) != left[l])
            {
                // Its turn comes, or came, in the configuration's order.
                l++;
            }
            else if (r < right.Length)
            {
                bool meets = l < left.Length && left[l] == right[r];
                merged.Add(old.TryGetValue(right[r], out JsonNode? present) ? Apply(present, applied[r], shape.Item) : applied[r]?.DeepClone());
                l += meets ? 1 : 0;
                r++;
            }
        }

        return merged;

        string? NextShared(int from)
        {
            for (int i = from; i < right.Length; i++)
            {
                if (old.ContainsKey(right[i]))
                {
                    return right[i];
                }
            }

            return null;
        }
    }

    private static string[] Elements(JsonArray list, FieldShape shape) => [.. Enumerable.Range(0, list.Count).Select(i => TypedField.ElementAt(list, i, shape))];
}
