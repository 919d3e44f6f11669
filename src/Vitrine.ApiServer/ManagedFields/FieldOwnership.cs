using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Schema;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.ManagedFields;

/// <summary>
/// metadata.managedFields of an object that is written other than by apply: who writes a field has it, and nobody else does any longer.
/// Source: k8s.io/apimachinery, util/managedfields.
/// </summary>
internal static class FieldOwnership
{
    // Upstream's stripmeta.go: what the server writes, and what an object is found by.
    private static readonly string[] s_unownedMetadata = ["name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation", "managedFields", "resourceVersion"];

    private static readonly FieldSet s_unowned = s_unownedMetadata
        .Select(static field => FieldSet.Path("f:metadata", "f:" + field))
        .Append(FieldSet.Path("f:apiVersion")).Append(FieldSet.Path("f:kind")).Append(FieldSet.Path("f:metadata"))
        .Aggregate(static (all, one) => all.Union(one));

    /// <summary>The shape of a kind's objects.</summary>
    public static FieldShape ShapeOf(Kind kind) => kind.Custom?.Shape ?? new(ValueKind.Object, TypeName: kind.Schema);

    /// <summary>True for a field of metadata that the server writes, or that an object is found by.</summary>
    public static bool IsUnowned(string field) => s_unownedMetadata.AsSpan().Contains(field);

    /// <summary>A set without what nobody owns, and without what a write to this part of the object does not change.</summary>
    public static FieldSet Owned(FieldSet set, Kind kind, UpdateScope scope)
    {
        set = set.Difference(s_unowned);
        return !kind.Subresources.Contains("status") ? set : set.Without(scope == UpdateScope.Status ? "f:spec" : "f:status");
    }

    /// <summary>Of a new object, as JSON: all that its maker sets, defaults included.</summary>
    public static byte[]? First(FieldManager manager, Kind kind, JsonObject value, string now) => ObjectMeta.Of(value).ContainsKey("managedFields")
        ? JsonText.Bytes(Created(manager, kind, value, now))
        : FirstFields.Write(manager, kind, value, now);

    /// <summary>The same by way of sets, for an object that brings managers with it.</summary>
    public static JsonArray? Created(FieldManager manager, Kind kind, JsonObject value, string now)
    {
        FieldManagers managers = Sent(value, null);
        FieldSet set = Owned(Comparison.Between(new JsonObject(), value, ShapeOf(kind)).Added, kind, UpdateScope.Main);
        managers.Set(manager, set.Union(managers.Find(manager)?.Fields ?? FieldSet.Empty), now);
        return managers.Write();
    }

    /// <summary>Of a changed object. What the client sent as managedFields counts when it makes sense; an empty entry forgets all of them.</summary>
    public static JsonNode? Changed(FieldManager manager, Kind kind, UpdateScope scope, JsonArray? sent, JsonObject value, JsonObject old, string now)
    {
        JsonArray? kept = ObjectMeta.Of(old).Array("managedFields");
        Comparison comparison = Comparison.Between(old, value, ShapeOf(kind));
        FieldSet taken = Owned(comparison.Added.Union(comparison.Modified), kind, scope);
        FieldSet removed = comparison.Removed.Difference(s_unowned);
        bool resent = sent is not null && !JsonNode.DeepEquals(sent, kept);
        if (taken.IsEmpty && removed.IsEmpty && !resent)
        {
            return kept?.DeepClone();
        }

        FieldManagers managers = Sent(sent, kept);
        managers.TakeFrom(manager, taken.Union(removed));
        FieldSet had = managers.Find(manager)?.Fields ?? FieldSet.Empty;
        FieldSet has = had.Difference(removed).Union(taken);
        if (!taken.IsEmpty || !has.SetEquals(had))
        {
            managers.Set(manager, has, now);
        }

        managers.Cap();
        return managers.Write();
    }

    /// <summary>An object without the list of its managers; the same where it has none.</summary>
    internal static JsonObject Bare(JsonObject value)
    {
        if (!ObjectMeta.Of(value).ContainsKey("managedFields"))
        {
            return value;
        }

        JsonObject bare = value.DeepClone().AsObject();
        ObjectMeta.Of(bare).Remove("managedFields");
        return bare;
    }

    private static FieldManagers Sent(JsonObject value, JsonArray? kept) => Sent(ObjectMeta.Of(value).Array("managedFields"), kept);

    private static FieldManagers Sent(JsonArray? sent, JsonArray? kept)
    {
        if (sent is [JsonObject { Count: 0 }])
        {
            return new FieldManagers();
        }

        return (sent is { Count: > 0 } ? TryRead(sent) : null) ?? TryRead(kept) ?? new FieldManagers();
    }

    /// <summary>Null for a list that makes no sense.</summary>
    internal static FieldManagers? TryRead(JsonArray? list)
    {
        try
        {
            return FieldManagers.Read(list);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
