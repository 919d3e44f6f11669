using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.OpenApi;

/// <summary>The schema of a custom kind for clients, whole with what every object has (pkg/controller/openapi/builder).</summary>
internal static class CustomDefinition
{
    private static readonly System.Text.Json.JsonDocumentOptions Deep = new() { MaxDepth = JsonTree.MaxDepth };

    private const string Meta = "io.k8s.apimachinery.pkg.apis.meta.v1.";

    /// <summary>What version 2 of OpenAPI has no word for, or older clients stumble over (pkg/controller/openapi/v2: ToStructuralOpenAPIV2).</summary>
    private static readonly string[] NotInVersion2 = ["oneOf", "anyOf", "allOf", "not", "nullable", "x-kubernetes-validations"];

    private static readonly (string Name, string Text)[] TypeMeta =
    [
        ("apiVersion", "APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources"),
        ("kind", "Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds"),
    ];

    /// <param name="kind">A custom one.</param>
    /// <param name="name">Its schema's, or that of its list.</param>
    /// <param name="dialect">Of the document.</param>
    /// <param name="reference">Makes a reference to a definition, and sees to it that it is there.</param>
    /// <param name="kinds">x-kubernetes-group-version-kind</param>
    public static JsonObject Of(Kind kind, string name, Dialect dialect, Func<string, JsonObject> reference, JsonArray kinds)
    {
        var definition = name == kind.Schema ? One(kind, dialect, reference) : List(kind, dialect, reference);
        definition["x-kubernetes-group-version-kind"] = kinds;
        return definition;
    }

    private static JsonObject One(Kind kind, Dialect dialect, Func<string, JsonObject> reference)
    {
        var definition = JsonNode.Parse(kind.Custom!.OpenApi, documentOptions: Deep)!.AsObject();
        if (dialect == Dialect.Swagger2)
        {
            Simplify(definition);
        }
        var properties = definition.Ensure("properties");
        WithTypeMeta(properties);
        properties["metadata"] = Described(reference(Meta + "ObjectMeta"), dialect, "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata");
        return definition;
    }

    private static JsonObject List(Kind kind, Dialect dialect, Func<string, JsonObject> reference)
    {
        var properties = new JsonObject();
        WithTypeMeta(properties);
        properties["items"] = new JsonObject { ["description"] = $"List of {kind.Plural}.", ["type"] = "array", ["items"] = reference(kind.Schema) };
        properties["metadata"] = Described(reference(Meta + "ListMeta"), dialect, "Standard list metadata.");
        return new JsonObject { ["description"] = $"{kind.Name}List is a list of {kind.Name}", ["type"] = "object", ["required"] = new JsonArray("items"), ["properties"] = properties };
    }

    private static void WithTypeMeta(JsonObject properties)
    {
        foreach (var (name, text) in TypeMeta)
        {
            properties[name] = new JsonObject { ["description"] = text, ["type"] = "string" };
        }
    }

    // OpenAPI 3.0 ignores everything beside a reference.
    private static JsonObject Described(JsonObject reference, Dialect dialect, string text)
    {
        var property = dialect == Dialect.OpenApi3 ? new JsonObject { ["allOf"] = new JsonArray(reference) } : reference;
        property["description"] = text;
        return property;
    }

    private static void Simplify(JsonObject schema)
    {
        foreach (var word in NotInVersion2)
        {
            schema.Remove(word);
        }
        if (schema["additionalProperties"] is JsonValue)
        {
            schema.Remove("additionalProperties");
        }
        if (schema.Flag("x-kubernetes-preserve-unknown-fields"))
        {
            // A client of version 2 would take fields that are not listed for mistakes.
            schema.Remove("properties");
            schema.Remove("items");
        }
        foreach (var inner in (schema.Object("properties") ?? []).Select(static p => p.Value).Append(schema["items"]).Append(schema["additionalProperties"]).OfType<JsonObject>())
        {
            Simplify(inner);
        }
    }
}
