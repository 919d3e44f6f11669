using System.Text.Json.Nodes;

namespace Vitrine.ApiServer.Structural;

/// <summary>
/// Fills in what the schema has a default for (k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting), where the object around it is there. A
/// null that its field does not allow is as if it were absent.
/// </summary>
internal static class Defaulter
{
    /// <param name="value">Changed in place.</param>
    /// <param name="schema">Its own.</param>
    public static void Fill(JsonNode? value, StructuralSchema schema)
    {
        switch (value)
        {
            case JsonObject map:
                Fields(map, schema);
                break;
            case JsonArray list when schema.Items is { } items:
                for (var i = 0; i < list.Count; i++)
                {
                    if (list[i] is null && !items.Nullable && items.Default is { } filling)
                    {
                        list[i] = filling.DeepClone();
                    }
                    Fill(list[i], items);
                }
                break;
        }
    }

    private static void Fields(JsonObject map, StructuralSchema schema)
    {
        foreach (var (name, property) in schema.Properties)
        {
            if (property.Default is { } filling && !map.ContainsKey(name))
            {
                map[name] = filling.DeepClone();
            }
        }
        foreach (var (name, inner) in map.ToArray())
        {
            if (schema.Properties.GetValueOrDefault(name) is not { } of && (of = schema.Additional) is null)
            {
                continue;
            }
            if (inner is not null)
            {
                Fill(inner, of);
            }
            else if (!of.Nullable && of.Default is { } filling)
            {
                map[name] = filling.DeepClone();
                Fill(map[name], of);
            }
            else if (!of.Nullable && !of.Preserves)
            {
                map.Remove(name);
            }
        }
    }
}
