using System.Text.Json.Nodes;

namespace Vitrine.ApiServer.Structural;

/// <summary>
/// Takes fields out of an object that its schema does not have (k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning). What is of another
/// type than the schema says stays: validation refuses it.
/// </summary>
internal static class Pruner
{
    /// <param name="value">Changed in place.</param>
    /// <param name="schema">Its own.</param>
    /// <param name="unknown">Gets the path of each field that was taken out, e.g. spec.foo[0].bar.</param>
    /// <param name="isRoot">A whole object, which has apiVersion, kind and metadata.</param>
    public static void Prune(JsonNode? value, StructuralSchema schema, List<string>? unknown, bool isRoot = true) => Prune(value, schema, "", unknown, isRoot, false);

    private static void Prune(JsonNode? value, StructuralSchema schema, string path, List<string>? unknown, bool isObject, bool preserves)
    {
        switch (value)
        {
            case JsonObject map:
                Fields(map, schema, path, unknown, isObject || schema.Embedded, preserves || schema.Preserves);
                break;
            case JsonArray list when schema.Items is { } items:
                for (var i = 0; i < list.Count; i++)
                {
                    Prune(list[i], items, $"{path}[{i}]", unknown, false, false);
                }
                break;
            case JsonArray list when !schema.Preserves && !preserves:
                // No items: nothing is known of them, so nothing in them is kept.
                foreach (var item in list)
                {
                    Prune(item, Nothing, path, unknown, false, false);
                }
                break;
        }
    }

    private static StructuralSchema Nothing { get; } = new();

    private static void Fields(JsonObject map, StructuralSchema schema, string path, List<string>? unknown, bool isObject, bool preserves)
    {
        List<string>? gone = null;
        foreach (var (name, value) in map)
        {
            var at = path.Length == 0 ? name : $"{path}.{name}";
            if (isObject && name is ("apiVersion" or "kind" or "metadata"))
            {
                continue;
            }
            if (schema.Properties.TryGetValue(name, out var property))
            {
                Prune(value, property, at, unknown, false, false);
            }
            else if (schema.Additional is { } additional)
            {
                Prune(value, additional, at, unknown, false, false);
            }
            else if (!preserves)
            {
                unknown?.Add(at);
                (gone ??= []).Add(name);
            }
        }
        foreach (var name in gone ?? [])
        {
            map.Remove(name);
        }
    }
}
