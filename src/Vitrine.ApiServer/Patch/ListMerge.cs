using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Schema;

namespace Vitrine.ApiServer.Patch;

/// <summary>Merging of lists with a patch strategy: sets of scalars, and sets of objects with a key.</summary>
internal static class ListMerge
{
    /// <summary>Changes <paramref name="target"/> in place.</summary>
    public static void Apply(JsonArray target, JsonArray patch, SchemaField field, JsonArray? order)
    {
        var stored = Keys(target, field.MergeKey);
        if (field.MergeKey.Length == 0)
        {
            Scalars(target, patch);
        }
        else
        {
            Objects(target, patch, field);
        }
        if (order is not null)
        {
            Order(target, order, field.MergeKey, stored);
        }
    }

    public static void Delete(JsonArray? target, JsonArray gone)
    {
        foreach (var value in gone)
        {
            for (var i = (target?.Count ?? 0) - 1; i >= 0; i--)
            {
                if (JsonNode.DeepEquals(target![i], value))
                {
                    target.RemoveAt(i);
                }
            }
        }
    }

    /// <summary>
    /// The listed elements in the order given; the others keep their place relative to them as far as both were stored.
    /// </summary>
    public static void Order(JsonArray? target, JsonArray order, string mergeKey, List<string>? stored = null)
    {
        if (target is null)
        {
            return;
        }
        stored ??= Keys(target, mergeKey);
        var wanted = Keys(order, mergeKey);
        var elements = target.Select(e => (Key: KeyOf(e, mergeKey), Node: e)).ToArray();
        target.Clear();
        var listed = new Queue<(string Key, JsonNode? Node)>(elements.Where(e => wanted.Contains(e.Key)).OrderBy(e => wanted.IndexOf(e.Key)));
        foreach (var other in elements.Where(e => !wanted.Contains(e.Key)))
        {
            while (listed.TryPeek(out var next) && !Before(stored, other.Key, next.Key))
            {
                target.Add(listed.Dequeue().Node);
            }
            target.Add(other.Node);
        }
        while (listed.TryDequeue(out var last))
        {
            target.Add(last.Node);
        }
    }

    private static bool Before(List<string> stored, string one, string other)
    {
        var (i, j) = (stored.IndexOf(one), stored.IndexOf(other));
        return i >= 0 && j >= 0 && i < j;
    }

    private static void Scalars(JsonArray target, JsonArray patch)
    {
        foreach (var value in patch)
        {
            if (value is JsonObject or JsonArray or null)
            {
                throw new PatchMismatchException("a list of scalars cannot be merged with objects, lists or nulls");
            }
            if (!target.Any(t => JsonNode.DeepEquals(t, value)))
            {
                target.Add(value.DeepClone());
            }
        }
    }

    private static void Objects(JsonArray target, JsonArray patch, SchemaField field)
    {
        var elements = patch.Select(e => e as JsonObject ?? throw new PatchMismatchException($"{field.Name}: an element is not an object")).ToArray();
        // One element that holds nothing but the directive replaces the whole list.
        if (elements.Any(e => e.Text(StrategicMerge.Directive) == "replace"))
        {
            target.Clear();
            elements = [.. elements.Where(e => e.Text(StrategicMerge.Directive) != "replace")];
        }
        foreach (var element in elements)
        {
            var key = Key(element, field);
            var at = IndexOf(target, field.MergeKey, key);
            switch (element.Text(StrategicMerge.Directive))
            {
                case "delete":
                    for (; at >= 0; at = IndexOf(target, field.MergeKey, key))
                    {
                        target.RemoveAt(at);
                    }
                    break;
                case "" or "merge":
                    if (at < 0)
                    {
                        at = target.Count;
                        target.Add((JsonNode)new JsonObject());
                    }
                    StrategicMerge.Apply(target[at]!.AsObject(), element, field.Shape.Item?.Object);
                    break;
                case var other:
                    throw new PatchMismatchException($"invalid patch type: {other}");
            }
        }
    }

    private static JsonNode Key(JsonObject element, SchemaField field) =>
        element[field.MergeKey] is { } key and not (JsonObject or JsonArray)
            ? key
            : throw new PatchMismatchException($"{field.Name}: {element.ToJsonString()} does not contain declared merge key: {field.MergeKey}");

    private static int IndexOf(JsonArray list, string mergeKey, JsonNode key)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is JsonObject element && JsonNode.DeepEquals(element[mergeKey], key))
            {
                return i;
            }
        }
        return -1;
    }

    private static List<string> Keys(JsonArray list, string mergeKey) => [.. list.Select(e => KeyOf(e, mergeKey))];

    private static string KeyOf(JsonNode? element, string mergeKey) =>
        (mergeKey.Length > 0 && element is JsonObject map ? map[mergeKey] : element)?.ToJsonString() ?? "null";
}
