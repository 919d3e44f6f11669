using System.Text.Json.Nodes;
using Vitrine.ApiServer.Schema;

namespace Vitrine.ApiServer.ManagedFields;

/// <summary>
/// An applied configuration laid over an object: leaves are replaced, maps and lists with keys are merged. A list's order is the configuration's, with
/// the elements only the object has kept before those they stood before. Source: structured-merge-diff, typed/merge.go.
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
        Dictionary<string, JsonNode?> old = TypedField.Elements(live, shape);
        Dictionary<string, JsonNode?> now = TypedField.Elements(applied, shape);
        JsonArray merged = [];
        int at = 0;
        for (int i = 0; i < applied.Count; i++)
        {
            string element = TypedField.ElementAt(applied, i, shape);
            if (old.TryGetValue(element, out JsonNode? present))
            {
                at = KeepUpTo(element, at);
            }

            merged.Add(present is null ? applied[i]?.DeepClone() : Apply(present, applied[i], shape.Item));
        }

        KeepUpTo(null, at);
        return merged;

        // Takes over what only the object has, up to an element that both have; returns where to go on.
        int KeepUpTo(string? end, int from)
        {
            int stop = live.Count;
            for (int i = from; end is not null && i < live.Count; i++)
            {
                if (TypedField.ElementAt(live, i, shape) == end)
                {
                    stop = i;
                    break;
                }
            }

            if (end is not null && stop == live.Count)
            {
                return from;
            }

            for (int i = from; i < stop; i++)
            {
                if (!now.ContainsKey(TypedField.ElementAt(live, i, shape)))
                {
                    merged.Add(live[i]?.DeepClone());
                }
            }

            return stop;
        }
    }
}
