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

        Differences differences = default;
        if (old is JsonArray || now is JsonArray)
        {
            if (JsonNode.DeepEquals(old, now))
            {
                return s_same;
            }

            Dictionary<string, JsonNode?> left = Elements(old as JsonArray, shape!), right = Elements(now as JsonArray, shape!);
            foreach ((string element, JsonNode? item) in left)
            {
                differences.Add(element, item, right.GetValueOrDefault(element), shape!.Item, isEntry: true);
            }

            foreach ((string element, JsonNode? item) in right)
            {
                if (!left.ContainsKey(element))
                {
                    differences.Add(element, null, item, shape!.Item, isEntry: true);
                }
            }

            return differences.Sum();
        }

        JsonObject? before = old as JsonObject, after = now as JsonObject;
        foreach ((string field, JsonNode? value) in before ?? Enumerable.Empty<KeyValuePair<string, JsonNode?>>())
        {
            differences.Compare(field, value, after?[field], shape);
        }

        foreach ((string field, JsonNode? value) in after ?? Enumerable.Empty<KeyValuePair<string, JsonNode?>>())
        {
            if (before?.ContainsKey(field) != true)
            {
                differences.Compare(field, null, value, shape);
            }
        }

        return differences.Sum();
    }

    private static Dictionary<string, JsonNode?> Elements(JsonArray? list, FieldShape shape) => list is null or { Count: 0 } ? [] : TypedField.Elements(list, shape);

    /// <summary>What is found of one object or list, with nothing made where nothing differs.</summary>
    private struct Differences
    {
        private Dictionary<string, FieldSet>? _added, _modified, _removed;

        public void Compare(string field, JsonNode? old, JsonNode? now, FieldShape? owner)
        {
            FieldShape? shape = TypedField.Below(owner, field);
            if (Between(old, now, shape) is { IsSame: false } inner)
            {
                Add(PathElement.Field(field), inner, old, now, shape, !TypedField.IsNamed(owner, field));
            }
        }

        public void Add(string element, JsonNode? old, JsonNode? now, FieldShape? shape, bool isEntry)
        {
            if (Between(old, now, shape) is { IsSame: false } inner)
            {
                Add(element, inner, old, now, shape, isEntry);
            }
        }

        public readonly Comparison Sum() =>
            _added is null && _modified is null && _removed is null ? s_same : new Comparison(FieldSet.Of(false, _added), FieldSet.Of(false, _modified), FieldSet.Of(false, _removed));

        private void Add(string element, Comparison inner, JsonNode? old, JsonNode? now, FieldShape? shape, bool isEntry)
        {
            // What is new or gone as a whole is so itself, but for an object the schema names: that is always there.
            bool whole = isEntry || shape is not { Kind: ValueKind.Object };
            Add(ref _added, element, whole && old is null ? inner.Added.Union(FieldSet.Leaf) : inner.Added);
            Add(ref _modified, element, inner.Modified);
            Add(ref _removed, element, whole && now is null ? inner.Removed.Union(FieldSet.Leaf) : inner.Removed);
        }

        private static void Add(ref Dictionary<string, FieldSet>? to, string element, FieldSet set)
        {
            if (!set.IsEmpty)
            {
                (to ??= [])[element] = set;
            }
        }
    }
}
