using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Structural;

/// <summary>
/// What is wrong with the schema of a definition itself: keywords that are not supported, and what makes it not structural
/// (k8s.io/apiextensions-apiserver: pkg/apis/apiextensions/validation and pkg/apiserver/schema/validation.go).
/// </summary>
internal static class SchemaRules
{
    private static readonly string[] Types = ["array", "boolean", "integer", "number", "object", "string"];
    private static readonly string[] Unsupported = ["definitions", "dependencies", "patternProperties", "additionalItems", "$ref", "id"];

    /// <param name="schema">JSONSchemaProps of the whole object.</param>
    /// <param name="path">Of the schema, e.g. spec.versions[0].schema.openAPIV3Schema.</param>
    /// <param name="causes">Gets what is wrong.</param>
    public static void Check(JsonObject schema, string path, List<FieldCause> causes)
    {
        if (schema.Text("type") is { Length: > 0 } type && type != "object")
        {
            causes.Add(Cause.Invalid($"{path}.type", type, "must be object at the root"));
        }
        if (schema.Has("additionalProperties"))
        {
            causes.Add(Cause.Forbidden($"{path}.additionalProperties", "must not be used at the root"));
        }
        Node(schema, path, Level.Root, causes);
    }

    private enum Level
    {
        Root,
        Item,
        Field,
    }

    private static void Node(JsonObject schema, string path, Level level, List<FieldCause> causes)
    {
        Keywords(schema, path, causes);
        TypeIsThere(schema, path, level, causes);
        Embedded(schema, path, level == Level.Root, causes);
        SharingRules.Check(schema, path, causes);
        foreach (var (name, property) in schema.Object("properties") ?? [])
        {
            if (property is JsonObject inner)
            {
                Node(inner, $"{path}.properties[{name}]", Level.Field, causes);
            }
        }
        if (schema.Object("items") is { } items)
        {
            Node(items, $"{path}.items", Level.Item, causes);
        }
        if (schema.Object("additionalProperties") is { } values)
        {
            Node(values, $"{path}.additionalProperties", Level.Field, causes);
        }
        NestedRules.Check(schema, path, causes);
    }

    /// <summary>What holds for every schema, whether or not it is below a junctor.</summary>
    public static void Keywords(JsonObject schema, string path, List<FieldCause> causes)
    {
        foreach (var word in Unsupported)
        {
            if (schema.Has(word))
            {
                causes.Add(Cause.Forbidden($"{path}.{word}", $"{word} is not supported"));
            }
        }
        var type = schema.Text("type");
        if (type.Length > 0 && !Types.Contains(type))
        {
            causes.Add(type == "null" ? Cause.Forbidden($"{path}.type", "type cannot be set to null, use nullable as an alternative") : Cause.NotSupported($"{path}.type", type, Types));
        }
        if (schema.Flag("uniqueItems"))
        {
            causes.Add(Cause.Forbidden($"{path}.uniqueItems", "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"));
        }
        if (schema["additionalProperties"] is JsonValue all && all.GetValueKind() == JsonValueKind.False)
        {
            causes.Add(Cause.Forbidden($"{path}.additionalProperties", "additionalProperties cannot be set to false"));
        }
        if (schema.Has("additionalProperties") && schema.Object("properties") is { Count: > 0 })
        {
            causes.Add(Cause.Forbidden($"{path}.additionalProperties", "additionalProperties and properties are mutual exclusive"));
        }
        if (schema["additionalProperties"] is { } values and not JsonObject && values.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False))
        {
            causes.Add(Cause.Invalid($"{path}.additionalProperties", values, "must be a schema object or a boolean"));
        }
        if (schema["items"] is { } items and not JsonObject)
        {
            causes.Add(Cause.Forbidden($"{path}.items", "items must be a schema object and not an array"));
        }
        if (schema.Text("pattern") is { Length: > 0 } pattern && !GoPattern.TryCompile(pattern, out _, out var fault))
        {
            causes.Add(Cause.Invalid($"{path}.pattern", pattern, $"must be a valid regular expression, but isn't: {fault}"));
        }
        if (schema["x-kubernetes-preserve-unknown-fields"] is { } preserve && !schema.Flag("x-kubernetes-preserve-unknown-fields"))
        {
            causes.Add(Cause.Invalid($"{path}.x-kubernetes-preserve-unknown-fields", preserve, "must be true or undefined"));
        }
    }

    private static void TypeIsThere(JsonObject schema, string path, Level level, List<FieldCause> causes)
    {
        var (type, intOrString, preserves) = (schema.Text("type"), schema.Flag("x-kubernetes-int-or-string"), schema.Flag("x-kubernetes-preserve-unknown-fields"));
        if (type.Length == 0 && !intOrString && !preserves && !schema.Flag("x-kubernetes-embedded-resource"))
        {
            causes.Add(Cause.Required($"{path}.type", level switch
            {
                Level.Root => "must not be empty at the root",
                Level.Item => "must not be empty for specified array items",
                _ => "must not be empty for specified object fields",
            }));
        }
        if (type == "array" && !schema.Has("items"))
        {
            causes.Add(Cause.Required($"{path}.items", "must be specified"));
        }
        if (!intOrString)
        {
            return;
        }
        if (type.Length > 0)
        {
            causes.Add(Cause.Invalid($"{path}.type", type, "must be empty if x-kubernetes-int-or-string is true"));
        }
        foreach (var other in (ReadOnlySpan<string>)["x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"])
        {
            if (schema.Flag(other))
            {
                causes.Add(Cause.Invalid($"{path}.{other}", schema[other], "must be false if x-kubernetes-int-or-string is true"));
            }
        }
    }

    private static void Embedded(JsonObject schema, string path, bool isRoot, List<FieldCause> causes)
    {
        var properties = schema.Object("properties");
        if (schema.Flag("x-kubernetes-embedded-resource"))
        {
            var type = schema.Text("type");
            const string Must = "must be object if x-kubernetes-embedded-resource is true";
            if (type != "object")
            {
                causes.Add(type.Length == 0 ? Cause.Required($"{path}.type", Must) : Cause.Invalid($"{path}.type", type, Must));
            }
            if (schema.Has("additionalProperties"))
            {
                causes.Add(Cause.Forbidden($"{path}.additionalProperties", "must not be used if x-kubernetes-embedded-resource is set"));
            }
            if (!schema.Flag("x-kubernetes-preserve-unknown-fields") && properties is not { Count: > 0 })
            {
                causes.Add(Cause.Required($"{path}.properties", "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields"));
            }
        }
        else if (!isRoot)
        {
            return;
        }
        foreach (var (name, wanted) in ((string, string)[])[("apiVersion", "string"), ("kind", "string"), ("metadata", "object")])
        {
            if (properties.Object(name) is { } given && given.Text("type") != wanted)
            {
                causes.Add(Cause.Invalid($"{path}.properties[{name}].type", given.Text("type"), $"must be {wanted}"));
            }
        }
        if (properties.Object("metadata").Object("properties") is { } metadata && metadata.Any(static p => p.Key is not ("name" or "generateName")))
        {
            causes.Add(Cause.Forbidden($"{path}.properties[metadata]", "must not specify anything other than name and generateName, but metadata is implicitly specified"));
        }
    }
}
