using Vitrine.ApiServer.Structural;

namespace Vitrine.ApiServer.Cel;

/// <summary>The fields that rules see of an object.</summary>
internal static class CelFields
{
    private static readonly StructuralSchema s_text = new() { Type = "string" };

    private static readonly StructuralSchema s_metadata = new()
    {
        Type = "object",
        Properties = new Dictionary<string, StructuralSchema> { ["name"] = s_text, ["generateName"] = s_text },
    };

    /// <summary>A whole object, which has apiVersion, kind, metadata.name and metadata.generateName whatever its schema says.</summary>
    public static StructuralSchema WithMeta(StructuralSchema schema)
    {
        var properties = new Dictionary<string, StructuralSchema>(schema.Properties) { ["apiVersion"] = s_text, ["kind"] = s_text, ["metadata"] = s_metadata };
        return schema with { Properties = properties };
    }
}
