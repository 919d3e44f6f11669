using System.Text.Json.Nodes;

namespace Vitrine.ApiServer.Structural;

/// <summary>Equal values have equal texts, whatever the order of their fields.</summary>
internal static class Canonical
{
    public static string Text(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject map => $"{{{string.Join(',', map.OrderBy(static p => p.Key, StringComparer.Ordinal).Select(static p => $"{JsonValue.Create(p.Key).ToJsonString()}:{Text(p.Value)}"))}}}",
        JsonArray list => $"[{string.Join(',', list.Select(Text))}]",
        _ => Numbers.Real(node) is { } number && Numbers.Whole(node) is null ? Numbers.Text(number) : Numbers.Whole(node)?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? node.ToJsonString(),
    };
}
