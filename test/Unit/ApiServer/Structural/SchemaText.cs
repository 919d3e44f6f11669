using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Structural;

namespace Vitrine.Unit.ApiServer.Structural;

/// <summary>Schemas and values as JSON text with single quotes.</summary>
internal static class SchemaText
{
    public static JsonNode? Json(string text) => JsonNode.Parse(text.Replace('\'', '"'), documentOptions: new JsonDocumentOptions { MaxDepth = 500 });

    public static StructuralSchema Schema(string text) => SchemaReader.Read(Json(text)!.AsObject(), withRules: true, isRoot: false);

    /// <summary>"path: message" of each cause.</summary>
    public static string[] Lines(this IEnumerable<FieldCause> causes) => [.. causes.Select(static cause => $"{cause.Field}: {cause.Message}")];
}
