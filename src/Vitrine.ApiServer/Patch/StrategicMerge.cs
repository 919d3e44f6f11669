using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Schema;

namespace Vitrine.ApiServer.Patch;

/// <summary>
/// Strategic merge patch: a merge patch that knows which lists are sets of objects with a key. Source: Kubernetes'
/// sig-api-machinery/strategic-merge-patch.md. The target's nodes are changed in place; the patch's are copied.
/// </summary>
internal static class StrategicMerge
{
    public const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string SetElementOrder = "$setElementOrder/";
    private const string DeleteFromPrimitiveList = "$deleteFromPrimitiveList/";

    /// <param name="target">What is stored.</param>
    /// <param name="patch">Fields to merge, with directives.</param>
    /// <param name="type">The schema of both, null below fields that have none (maps of scalars, unknown fields).</param>
    public static JsonObject Apply(JsonObject target, JsonObject patch, SchemaType? type)
    {
        switch (patch.Text(Directive))
        {
            case "replace":
                target.Clear();
                break;
            case "delete":
                target.Clear();
                return target;
            case "" or "merge":
                break;
            case var other:
                throw new PatchMismatchException($"invalid patch type: {other}");
        }
        Retain(target, patch);
        foreach (var (name, value) in patch)
        {
            if (name is Directive or RetainKeys)
            {
                continue;
            }
            if (After(name, DeleteFromPrimitiveList) is { } list)
            {
                ListMerge.Delete(target.Array(list), value as JsonArray ?? throw NotAList(name));
            }
            else if (After(name, SetElementOrder) is { } ordered)
            {
                // Its list is merged first; alone, it puts the stored list in order.
                if (!patch.ContainsKey(ordered))
                {
                    ListMerge.Order(target.Array(ordered), value as JsonArray ?? throw NotAList(name), Field(type, ordered)?.MergeKey ?? "");
                }
            }
            else
            {
                Merge(target, name, value, Field(type, name), patch[SetElementOrder + name] as JsonArray);
            }
        }
        return target;
    }

    private static void Merge(JsonObject target, string name, JsonNode? value, SchemaField? field, JsonArray? order)
    {
        switch (value)
        {
            case null:
                target.Remove(name);
                break;
            case JsonObject inner:
                if (target[name] is not JsonObject child)
                {
                    child = [];
                    target[name] = child;
                }
                Apply(child, inner, field?.Shape.Object ?? (field?.Shape.Item)?.Object);
                break;
            case JsonArray list when field is { Merges: true }:
                if (target[name] is not JsonArray present)
                {
                    present = [];
                    target[name] = present;
                }
                ListMerge.Apply(present, list, field, order);
                break;
            case JsonArray list:
                target[name] = Plain(list);
                break;
            default:
                target[name] = value.DeepClone();
                break;
        }
    }

    /// <summary>A list that replaces: elements are taken as they are, without their directives.</summary>
    private static JsonNode Plain(JsonArray list)
    {
        var copy = list.DeepClone().AsArray();
        foreach (var element in copy.OfType<JsonObject>())
        {
            element.Remove(Directive);
        }
        return copy;
    }

    /// <summary>Of a union, only the listed fields survive: a Recreate strategy drops the rolling update's parameters.</summary>
    private static void Retain(JsonObject target, JsonObject patch)
    {
        if (!patch.ContainsKey(RetainKeys))
        {
            return;
        }
        var keep = (patch[RetainKeys] as JsonArray ?? throw NotAList(RetainKeys)).Select(k => k.AsText()).ToHashSet();
        var extra = patch.FirstOrDefault(p => p.Value is not null && p.Key[..Math.Min(1, p.Key.Length)] != "$" && !keep.Contains(p.Key)).Key;
        if (extra is not null)
        {
            throw new PatchMismatchException($"the {RetainKeys} list does not have the field {extra} that the patch sets");
        }
        foreach (var name in target.Select(p => p.Key).Where(k => !keep.Contains(k)).ToArray())
        {
            target.Remove(name);
        }
    }

    private static SchemaField? Field(SchemaType? type, string name) => type?.Fields.GetValueOrDefault(name);

    private static string? After(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : null;

    private static PatchMismatchException NotAList(string name) => new($"{name} must be a list");
}
