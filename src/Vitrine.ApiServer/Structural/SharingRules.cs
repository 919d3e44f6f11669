using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Structural;

/// <summary>x-kubernetes-list-type, -list-map-keys and -map-type of a schema (ValidateCustomResourceDefinitionOpenAPISchema).</summary>
internal static class SharingRules
{
    public static void Check(JsonObject schema, string path, List<FieldCause> causes)
    {
        Extension(schema, path, "x-kubernetes-list-type", "array", causes, "atomic", "map", "set");
        Extension(schema, path, "x-kubernetes-map-type", "object", causes, "atomic", "granular");
        var (list, keys, items) = (schema.Text("x-kubernetes-list-type"), schema.Array("x-kubernetes-list-map-keys"), schema.Object("items"));
        if (keys is { Count: > 0 } && list != "map")
        {
            const string Must = "must be map if x-kubernetes-list-map-keys is non-empty";
            causes.Add(list.Length == 0 ? Cause.Required($"{path}.x-kubernetes-list-type", Must) : Cause.Invalid($"{path}.x-kubernetes-list-type", list, Must));
        }
        if (list == "map")
        {
            Map(path, keys ?? [], items, causes);
        }
        else if (list == "set" && items is not null)
        {
            Set(path, items, causes);
        }
    }

    private static void Extension(JsonObject schema, string path, string word, string needed, List<FieldCause> causes, params ReadOnlySpan<string> values)
    {
        if (!schema.Has(word))
        {
            return;
        }
        causes.OneOf(schema, path, word, values);
        var type = schema.Text("type");
        if (type != needed)
        {
            var must = $"must be {needed} if {word} is specified";
            causes.Add(type.Length == 0 ? Cause.Required($"{path}.type", must) : Cause.Invalid($"{path}.type", type, must));
        }
    }

    private static void Map(string path, JsonArray keys, JsonObject? items, List<FieldCause> causes)
    {
        if (keys.Count == 0)
        {
            causes.Add(Cause.Required($"{path}.x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map"));
        }
        if (items is null)
        {
            causes.Add(Cause.Required($"{path}.items", "must have a schema if x-kubernetes-list-type is map"));
            return;
        }
        if (items.Text("type") != "object")
        {
            causes.Add(Cause.Invalid($"{path}.items.type", items.Text("type"), "must be object if parent array's x-kubernetes-list-type is map"));
        }
        if (items.Flag("nullable"))
        {
            causes.Add(Cause.Forbidden($"{path}.items.nullable", "cannot be nullable when x-kubernetes-list-type is map"));
        }
        var required = (items.Array("required") ?? []).Select(static r => r.AsText()).ToHashSet();
        var seen = new HashSet<string>();
        foreach (var (key, i) in keys.Select(static (k, i) => (k.AsText() ?? "", i)))
        {
            if (!seen.Add(key))
            {
                causes.Add(Cause.Duplicate($"{path}.x-kubernetes-list-map-keys[{i}]", key));
            }
            if (items.Object("properties").Object(key) is not { } property)
            {
                causes.Add(Cause.Invalid($"{path}.x-kubernetes-list-map-keys[{i}]", key, "entries must all be names of item properties"));
                continue;
            }
            var at = $"{path}.items.properties[{key}]";
            if (property.Text("type") is "array" or "object")
            {
                causes.Add(Cause.Invalid($"{at}.type", property.Text("type"), "must be a scalar type if parent array's x-kubernetes-list-type is map"));
            }
            if (property.Flag("nullable"))
            {
                causes.Add(Cause.Forbidden($"{at}.nullable", "this property is in x-kubernetes-list-map-keys, so it cannot be nullable"));
            }
            if (!required.Contains(key) && !property.Has("default"))
            {
                causes.Add(Cause.Required($"{at}.default", "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"));
            }
        }
    }

    private static void Set(string path, JsonObject items, List<FieldCause> causes)
    {
        if (items.Flag("nullable"))
        {
            causes.Add(Cause.Forbidden($"{path}.items.nullable", "cannot be nullable when x-kubernetes-list-type is set"));
        }
        if (items.Text("type") == "array" && items.Text("x-kubernetes-list-type") is not ("" or "atomic"))
        {
            causes.Add(Cause.Invalid($"{path}.items.x-kubernetes-list-type", items.Text("x-kubernetes-list-type"), "must be atomic as item of a list with x-kubernetes-list-type=set"));
        }
        if (items.Text("type") == "object" && items.Text("x-kubernetes-map-type") != "atomic")
        {
            const string Must = "must be atomic as item of a list with x-kubernetes-list-type=set";
            var given = items.Text("x-kubernetes-map-type");
            causes.Add(given.Length == 0 ? Cause.Required($"{path}.items.x-kubernetes-map-type", Must) : Cause.Invalid($"{path}.items.x-kubernetes-map-type", given, Must));
        }
    }
}
