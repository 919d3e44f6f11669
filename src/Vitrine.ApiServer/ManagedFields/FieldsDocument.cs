using System.Text.Json.Nodes;

namespace Vitrine.ApiServer.ManagedFields;

/// <summary>FieldsV1, the form in which a set of fields is stored: nested objects, with <c>"."</c> for a path that ends above others.</summary>
internal static class FieldsDocument
{
    private const string Self = ".";

    /// <summary>Throws <see cref="FormatException"/> for what is none.</summary>
    public static FieldSet Read(JsonObject document)
    {
        Dictionary<string, FieldSet> children = new(document.Count);
        bool isMember = false;
        foreach ((string element, JsonNode? inner) in document)
        {
            if (element == Self)
            {
                isMember = true;
                continue;
            }

            if (!PathElement.IsWellFormed(element) || inner is not JsonObject below)
            {
                throw new FormatException($"\"{element}\" is no path element with an object of those below it");
            }

            children[element] = below.Count == 0 ? FieldSet.Leaf : Read(below);
        }

        return FieldSet.Of(isMember, children);
    }

    public static JsonObject Write(FieldSet set)
    {
        JsonObject document = [];
        bool hasChildren = false;
        foreach ((string element, FieldSet child) in set.Children.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            if (!hasChildren && set.IsMember)
            {
                document[Self] = new JsonObject();
            }

            hasChildren = true;
            document[element] = Write(child);
        }

        return document;
    }
}
