using System.Text.Json.Nodes;
using Vitrine.ApiServer.Schema;

namespace Vitrine.ApiServer.ManagedFields;

/// <summary>All fields that an object sets: its leaves, and the elements and entries on the way to them.</summary>
internal static class FieldCollector
{
    public static FieldSet Collect(JsonNode? value, FieldShape? shape)
    {
        if (TypedField.IsLeaf(shape, value))
        {
            return FieldSet.Leaf;
        }

        Dictionary<string, FieldSet> children = [];
        if (value is JsonArray list)
        {
            foreach ((string element, JsonNode? item) in TypedField.Elements(list, shape!))
            {
                children[element] = Collect(item, shape!.Item).Union(FieldSet.Leaf);
            }
        }
        else
        {
            foreach ((string field, JsonNode? inner) in value!.AsObject())
            {
                FieldSet below = Collect(inner, TypedField.Below(shape, field));
                children[PathElement.Field(field)] = TypedField.IsNamed(shape, field) ? below : below.Union(FieldSet.Leaf);
            }
        }

        return FieldSet.Of(false, children);
    }
}
