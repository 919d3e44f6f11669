using System.Text.Json.Nodes;
using Vitrine.ApiServer.Schema;

namespace Vitrine.ApiServer.ManagedFields;

/// <summary>What a write did to an object, field by field. Source: structured-merge-diff, typed/compare.go.</summary>
internal sealed record Comparison(FieldSet Added, FieldSet Modified, FieldSet Removed)
{
    private static readonly Comparison s_same = new(FieldSet.Empty, FieldSet.Empty, FieldSet.Empty);
    private static readonly Comparison s_added = s_same with { Added = FieldSet.Leaf };
    private static readonly Comparison s_modified = s_same with { Modified = FieldSet.Leaf };
    private static readonly Comparison s_removed = s_same with { Removed = FieldSet.Leaf };

    public bool IsSame => Added.IsEmpty && Modified.IsEmpty && Removed.IsEmpty;

    /// <summary>Between two values of one shape; null is absent.</summary>
    public static Comparison Between(JsonNode? old, JsonNode? now, FieldShape? shape)
    {
        if (ReferenceEquals(old, now))
        {
            return s_same;
        }

        if ((old is null || TypedField.IsLeaf(shape, old)) && (now is null || TypedField.IsLeaf(shape, now)))
        {
            return old is null ? s_added : now is null ? s_removed : JsonNode.DeepEquals(old, now) ? s_same : s_modified;
        }

        if (old is not null && now is not null && old is JsonArray != now is JsonArray)
        {
            return s_modified;
        }

        if (old is JsonArray || now is JsonArray)
        {
            return Of(Pairs((old as JsonArray)?.Count > 0 ? TypedField.Elements((JsonArray)old, shape!) : [], (now as JsonArray)?.Count > 0 ? TypedField.Elements((JsonArray)now, shape!) : []), _ => shape!.Item, static _ => true);
        }

        return Of(
            Pairs(Fields(old as JsonObject), Fields(now as JsonObject)),
            element => TypedField.Below(shape, element[2..]),
            element => !TypedField.IsNamed(shape, element[2..]));
    }

    private static Comparison Of(IEnumerable<(string Element, JsonNode? Old, JsonNode? Now)> pairs, Func<string, FieldShape?> shape, Func<string, bool> isEntry)
    {
        Dictionary<string, FieldSet>? added = null, modified = null, removed = null;
        foreach ((string element, JsonNode? old, JsonNode? now) in pairs)
        {
            FieldShape? below = shape(element);
            Comparison inner = Between(old, now, below);
            // What is new or gone as a whole is so itself, but for an object the schema names: that is always there.
            bool whole = isEntry(element) || below is not { Kind: ValueKind.Object };
            Add(ref added, element, whole && old is null ? inner.Added.Union(FieldSet.Leaf) : inner.Added);
            Add(ref modified, element, inner.Modified);
            Add(ref removed, element, whole && now is null ? inner.Removed.Union(FieldSet.Leaf) : inner.Removed);
        }

        return added is null && modified is null && removed is null ? s_same : new Comparison(FieldSet.Of(false, added), FieldSet.Of(false, modified), FieldSet.Of(false, removed));
    }

    private static void Add(ref Dictionary<string, FieldSet>? to, string element, FieldSet set)
    {
        if (!set.IsEmpty)
        {
            (to ??= [])[element] = set;
        }
    }

    private static Dictionary<string, JsonNode?> Fields(JsonObject? value) => value?.ToDictionary(static pair => PathElement.Field(pair.Key), static pair => pair.Value) ?? [];

    private static IEnumerable<(string Element, JsonNode? Old, JsonNode? Now)> Pairs(Dictionary<string, JsonNode?> old, Dictionary<string, JsonNode?> now)
    {
        foreach ((string element, JsonNode? value) in old)
        {
            yield return (element, value, now.GetValueOrDefault(element));
        }

        foreach ((string element, JsonNode? value) in now)
        {
            if (!old.ContainsKey(element))
            {
                yield return (element, null, value);
            }
        }
    }
}
