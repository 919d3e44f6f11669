using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Structural;

/// <summary>A schema's defaults are values of it: pruning takes nothing off them, and they are valid (pkg/apiserver/schema/defaulting: ValidateDefaults).</summary>
internal static class DefaultRules
{
    public static void Check(JsonObject schema, string path, List<FieldCause> causes)
    {
        if (schema["default"] is { } filling)
        {
            Default(filling, SchemaReader.Read(schema, withRules: false), $"{path}.default", causes);
        }
        foreach (var (name, property) in schema.Object("properties") ?? [])
        {
            if (property is JsonObject inner)
            {
                Check(inner, $"{path}.properties[{name}]", causes);
            }
        }
        foreach (var field in (ReadOnlySpan<string>)["items", "additionalProperties"])
        {
            if (schema.Object(field) is { } inner)
            {
                Check(inner, $"{path}.{field}", causes);
            }
        }
    }

    private static void Default(JsonNode filling, StructuralSchema schema, string path, List<FieldCause> causes)
    {
        var unknown = new List<string>();
        Pruner.Prune(filling.DeepClone(), schema, unknown, isRoot: false);
        if (unknown.Count > 0)
        {
            causes.Add(Cause.Invalid(path, filling, $"must not have unknown fields: {string.Join(", ", unknown)}"));
        }
        var filled = filling.DeepClone();
        Defaulter.Fill(filled, schema);
        ValueRules.Check(filled, null, schema, path, causes);
    }
}
