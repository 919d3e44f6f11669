using System.Text.Json.Nodes;
using Vitrine.ApiServer.Schema;

namespace Vitrine.ApiServer.ManagedFields;

/// <summary>How a value is walked: by its schema, or, where that says nothing, by its own form (objects granular, lists atomic).</summary>
internal static class TypedField
{
    /// <summary>Replaced as a whole: scalars, atomic lists and maps.</summary>
    public static bool IsAtomic(FieldShape? shape, JsonNode? value) => value switch
    {
        JsonObject => shape is { Kind: ValueKind.Object or ValueKind.Map, IsAtomic: true },
        JsonArray => !IsAssociative(shape),
        _ => true,
    };

    /// <summary>Where a path ends: what is atomic, and what is empty.</summary>
    public static bool IsLeaf(FieldShape? shape, JsonNode? value) => IsAtomic(shape, value) || value is JsonObject { Count: 0 } or JsonArray { Count: 0 };

    public static bool IsAssociative(FieldShape? shape) => shape is { Kind: ValueKind.Array, Topology: Topology.Set or Topology.Map };

    /// <summary>The shape of a field or of a map's entry; null when nothing is known of it.</summary>
    public static FieldShape? Below(FieldShape? shape, string field) => shape switch
    {
        { Kind: ValueKind.Object } => shape.Object!.Fields.GetValueOrDefault(field)?.Shape,
        { Kind: ValueKind.Map } => shape.Item,
        _ => null,
    };

    /// <summary>A field that the schema names, not a map's entry: it is there whoever writes into it.</summary>
    public static bool IsNamed(FieldShape? shape, string field) => shape is { Kind: ValueKind.Object } && shape.Object!.Fields.ContainsKey(field);

    /// <summary>Elements of a list with their paths; one that has no path of its own has its place. The first of several with the same keys counts.</summary>
    public static Dictionary<string, JsonNode?> Elements(JsonArray list, FieldShape shape)
    {
        Dictionary<string, JsonNode?> elements = new(list.Count);
        for (int i = 0; i < list.Count; i++)
        {
            elements.TryAdd(ElementAt(list, i, shape), list[i]);
        }

        return elements;
    }

    public static string ElementAt(JsonArray list, int place, FieldShape shape) => PathElement.Of(list[place], shape) ?? PathElement.At(place);
}
