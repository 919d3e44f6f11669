using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Schema;

namespace Vitrine.ApiServer.OpenApi;

/// <summary>Schemas of objects as JSON, with the extensions kubectl reads: kinds, merge keys, patch strategies.</summary>
internal sealed class DefinitionBuilder(Dialect dialect, Descriptions descriptions, KindCatalog catalog)
{
    private const string Meta = "io.k8s.apimachinery.pkg.apis.meta.v1.";
    private const string Api = "io.k8s.apimachinery.pkg.";

    private readonly Dictionary<string, Kind> custom = catalog.Custom.SelectMany(static kind => (KeyValuePair<string, Kind>[])[new(kind.Schema, kind), new(kind.Schema + "List", kind)]).ToDictionary(StringComparer.Ordinal);
    private readonly SortedDictionary<string, JsonNode?> definitions = new(StringComparer.Ordinal);

    public static string DeleteOptions => Meta + "DeleteOptions";

    public static string Status => Meta + "Status";

    /// <summary>All types reached so far, by name.</summary>
    public JsonObject Definitions => new(definitions);

    /// <summary>A reference to an object, whose definition and those it needs are added.</summary>
    public JsonObject Reference(string name)
    {
        if (definitions.TryAdd(name, null))
        {
            definitions[name] = custom.TryGetValue(name, out var kind) ? CustomDefinition.Of(kind, name, dialect, Reference, Kinds(name)) : Definition(SchemaSet.Get(name));
        }
        return Link(name);
    }

    private JsonObject Definition(SchemaType type)
    {
        var definition = new JsonObject();
        if (descriptions.Of(type) is { Length: > 0 } text)
        {
            definition["description"] = text;
        }
        definition["type"] = "object";
        var required = type.Fields.Values.Where(f => f.Required).Select(f => (JsonNode)f.Name).ToArray();
        if (required.Length > 0)
        {
            definition["required"] = new JsonArray(required);
        }
        var properties = new JsonObject();
        foreach (var field in type.Fields.Values)
        {
            properties[field.Name] = Property(type, field);
        }
        definition["properties"] = properties;
        if (type.IsAtomic)
        {
            definition["x-kubernetes-map-type"] = "atomic";
        }
        if (Kinds(type.Name) is { Count: > 0 } kinds)
        {
            definition["x-kubernetes-group-version-kind"] = kinds;
        }
        return definition;
    }

    private JsonObject Property(SchemaType type, SchemaField field)
    {
        var property = Shape(field.Shape);
        if (dialect == Dialect.OpenApi3 && property.ContainsKey("$ref"))
        {
            // OpenAPI 3.0 ignores everything beside a reference.
            property = new JsonObject { ["allOf"] = new JsonArray(property), ["default"] = new JsonObject() };
        }
        if (descriptions.Of(type, field) is { Length: > 0 } text)
        {
            property["description"] = text;
        }
        if (field.MergeKey.Length > 0)
        {
            property["x-kubernetes-patch-merge-key"] = field.MergeKey;
        }
        if (field.Strategy.Length > 0)
        {
            property["x-kubernetes-patch-strategy"] = field.Strategy;
        }
        Share(property, field.Shape);
        return property;
    }

    private static void Share(JsonObject property, FieldShape shape)
    {
        if (shape.Kind == ValueKind.Array)
        {
            property["x-kubernetes-list-type"] = shape.Topology switch { Topology.Set => "set", Topology.Map => "map", _ => "atomic" };
            if (shape.Keys.Count > 0)
            {
                property["x-kubernetes-list-map-keys"] = new JsonArray([.. shape.Keys.Select(static key => (JsonNode)key.Name)]);
            }
        }
        else if (shape is { Kind: ValueKind.Map, IsAtomic: true })
        {
            property["x-kubernetes-map-type"] = "atomic";
        }
    }

    private JsonObject Shape(FieldShape shape) => shape.Kind switch
    {
        ValueKind.Object => Reference(shape.TypeName),
        ValueKind.Array => new() { ["type"] = "array", ["items"] = Shape(shape.Item!) },
        ValueKind.Map => new() { ["type"] = "object", ["additionalProperties"] = Shape(shape.Item!) },
        ValueKind.Bytes => Scalar("string", "byte"),
        ValueKind.Int32 => Scalar("integer", "int32"),
        ValueKind.Int64 => Scalar("integer", "int64"),
        ValueKind.Double => Scalar("number", "double"),
        ValueKind.Bool => new() { ["type"] = "boolean" },
        ValueKind.Time => Named(Meta + "Time", Scalar("string", "date-time"),
            "Time is a wrapper around time.Time which supports correct marshaling to YAML and JSON."),
        ValueKind.MicroTime => Named(Meta + "MicroTime", Scalar("string", "date-time"), "MicroTime is version of Time with microsecond level precision."),
        ValueKind.Quantity => Named(Api + "api.resource.Quantity", Either("string", "number", null),
            "Quantity is a fixed-point representation of a number: digits, optionally a sign and a fraction, and a suffix such as m, k, M, G, Ki, Mi, Gi or e3."),
        ValueKind.IntOrString => Named(Api + "util.intstr.IntOrString", Either("integer", "string", "int-or-string"),
            "IntOrString is a type that can hold an int32 or a string."),
        ValueKind.Any when shape.TypeName.Length > 0 => Reference(shape.TypeName),
        ValueKind.Any => Named(Meta + "FieldsV1", new() { ["type"] = "object" },
            "FieldsV1 stores a set of fields in a data structure like a Trie, in JSON format."),
        _ => new() { ["type"] = "string" },
    };

    private JsonObject Named(string name, JsonObject definition, string description)
    {
        if (!definitions.ContainsKey(name))
        {
            definition["description"] = description;
            definitions[name] = definition;
        }
        return Link(name);
    }

    private JsonObject Either(string one, string other, string? format)
    {
        var either = dialect == Dialect.OpenApi3
            ? new JsonObject { ["oneOf"] = new JsonArray(new JsonObject { ["type"] = one }, new JsonObject { ["type"] = other }) }
            : new JsonObject { ["type"] = "string" };
        if (format is not null)
        {
            either["format"] = format;
        }
        return either;
    }

    private static JsonObject Scalar(string type, string format) => new() { ["type"] = type, ["format"] = format };

    private JsonObject Link(string name) =>
        new() { ["$ref"] = (dialect == Dialect.OpenApi3 ? "#/components/schemas/" : "#/definitions/") + name };

    private JsonArray Kinds(string schema)
    {
        var kinds = new JsonArray();
        foreach (var kind in catalog.All)
        {
            if (schema == kind.Schema || schema == kind.Schema + "List")
            {
                kinds.Add((JsonNode)GroupVersionKind(kind, schema == kind.Schema ? kind.Name : kind.Name + "List"));
            }
        }
        if (schema == Status)
        {
            kinds.Add((JsonNode)new JsonObject { ["group"] = "", ["kind"] = "Status", ["version"] = "v1" });
        }
        if (schema == DeleteOptions)
        {
            foreach (var kind in catalog.All.DistinctBy(k => k.ApiVersion))
            {
                kinds.Add((JsonNode)GroupVersionKind(kind, "DeleteOptions"));
            }
        }
        return kinds;
    }

    public static JsonObject GroupVersionKind(Kind kind, string name) =>
        new() { ["group"] = kind.Group, ["kind"] = name, ["version"] = kind.Version };
}
