using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Definitions;

/// <summary>Where a custom object keeps what its scale subresource shows: names of fields from the root.</summary>
/// <param name="Selector">Empty for none.</param>
internal sealed record ScalePaths(IReadOnlyList<string> Spec, IReadOnlyList<string> Status, IReadOnlyList<string> Selector)
{
    /// <summary>Null where the version has no such subresource.</summary>
    public static ScalePaths? Of(JsonObject version) => version.Object("subresources").Object("scale") is { } scale
        ? new ScalePaths(Fields(scale, "specReplicasPath"), Fields(scale, "statusReplicasPath"), Fields(scale, "labelSelectorPath"))
        : null;

    public static long? Number(JsonObject value, IReadOnlyList<string> path) => At(value, path).AsNumber();

    public static string Text(JsonObject value, IReadOnlyList<string> path) => path.Count == 0 ? "" : At(value, path).AsText() ?? "";

    public static void Set(JsonObject value, IReadOnlyList<string> path, long number)
    {
        foreach (var field in path.SkipLast(1))
        {
            value = value.Ensure(field);
        }
        value[path[^1]] = number;
    }

    private static JsonNode? At(JsonNode? value, IReadOnlyList<string> path) => path.Aggregate(value, static (node, field) => (node as JsonObject)?[field]);

    private static IReadOnlyList<string> Fields(JsonObject scale, string field) => scale.Text(field) is { Length: > 0 } path ? JsonPath.Parse(path).Fields ?? [] : [];
}
