using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Structural;

/// <summary>The tests of a list: its items, how many, and that a set or map has none twice (pkg/apiserver/schema/listtype).</summary>
internal static class ListRules
{
    public static void Check(JsonArray list, JsonArray? old, StructuralSchema schema, string path, List<FieldCause> causes)
    {
        if (schema.Tests?.MaxItems is { } most && list.Count > most)
        {
            causes.Add(Cause.TooMany(path, list.Count, most));
        }
        if (schema.Tests?.MinItems is { } least && list.Count < least)
        {
            causes.Add(Cause.Invalid(path, list, $"{ValueRules.In(path)} should have at least {least} items"));
        }
        Duplicates(list, schema, path, causes);
        if (schema.Items is not { } items)
        {
            return;
        }
        var before = Before(list, old, schema);
        for (var i = 0; i < list.Count; i++)
        {
            ValueRules.Check(list[i], before(i), items, $"{path}[{i}]", causes);
        }
    }

    /// <summary>
    /// The item that an item was before: of a map the one with the same keys, of anything else none, since their places mean nothing
    /// (upstream: correlatable).
    /// </summary>
    public static Func<int, JsonNode?> Before(JsonArray list, JsonArray? old, StructuralSchema schema)
    {
        if (old is null || schema.ListType != "map")
        {
            return static _ => null;
        }
        var known = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var item in old)
        {
            known.TryAdd(KeyOf(item, schema), item);
        }
        return i => known.GetValueOrDefault(KeyOf(list[i], schema));
    }

    /// <summary>The keys' values as one text, defaults included.</summary>
    public static string KeyOf(JsonNode? item, StructuralSchema schema) => string.Join('\0', schema.ListKeys.Select(key =>
        ((item as JsonObject)?[key] ?? schema.Items?.Properties.GetValueOrDefault(key)?.Default)?.ToJsonString() ?? ""));

    private static void Duplicates(JsonArray list, StructuralSchema schema, string path, List<FieldCause> causes)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < list.Count && schema.ListType is ("set" or "map"); i++)
        {
            var item = list[i];
            if (schema.ListType == "set" && !seen.Add(Canonical.Text(item)))
            {
                causes.Add(Cause.Duplicate($"{path}[{i}]", item));
            }
            else if (schema.ListType == "map" && item is JsonObject && !seen.Add(KeyOf(item, schema)))
            {
                var keys = new JsonObject(schema.ListKeys.Where(key => item[key] is not null).Select(key => KeyValuePair.Create(key, item[key]?.DeepClone())));
                causes.Add(Cause.Duplicate($"{path}[{i}]", keys));
            }
        }
    }
}
