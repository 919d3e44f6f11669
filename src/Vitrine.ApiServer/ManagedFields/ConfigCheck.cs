using System.Text.Json.Nodes;
using Vitrine.ApiServer.Schema;

namespace Vitrine.ApiServer.ManagedFields;

/// <summary>What makes a configuration one that cannot be applied: elements of a keyed list that cannot be told apart.</summary>
internal static class ConfigCheck
{
    /// <summary>The first fault with its place, e.g. <c>.spec.ports: element 0: …</c>; null when there is none.</summary>
    public static string? Fault(JsonNode? value, FieldShape? shape, string path = "")
    {
        if (TypedField.IsLeaf(shape, value))
        {
            return null;
        }

        return value is JsonArray list
            ? OfList(list, shape!, path)
            : value!.AsObject().Select(pair => Fault(pair.Value, TypedField.Below(shape, pair.Key), $"{path}.{pair.Key}")).FirstOrDefault(static fault => fault is not null);
    }

    private static string? OfList(JsonArray list, FieldShape shape, string path)
    {
        HashSet<string> seen = [];
        for (int i = 0; i < list.Count; i++)
        {
            if (PathElement.Of(list[i], shape) is not { } element)
            {
                return shape.Topology == Topology.Set
                    ? $"{path}: element {i}: only scalars are allowed in a set"
                    : $"{path}: element {i}: associative list with keys has an element that omits key field \"{Missing(list[i], shape)}\" (and doesn't have default value)";
            }

            if (!seen.Add(element))
            {
                return $"{path}: duplicate entries for key {PathElement.Show(element)}";
            }

            if (Fault(list[i], shape.Item, path + PathElement.Show(element)) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private static string Missing(JsonNode? item, FieldShape shape) =>
        shape.Keys.FirstOrDefault(key => key.Default is null && (item as JsonObject)?[key.Name] is null or JsonObject or JsonArray)?.Name ?? shape.Keys[0].Name;
}
