using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Vitrine.Model.Explain.Policies;

/// <summary>A value as YAML on one line: {from: [{podSelector: {matchLabels: {app: web}}}]}.</summary>
internal static partial class FlowYaml
{
    public static string Write(JsonNode? node) => node switch
    {
        JsonObject map => $"{{{string.Join(", ", map.Select(p => $"{Text(p.Key)}: {Write(p.Value)}"))}}}",
        JsonArray list => $"[{string.Join(", ", list.Select(Write))}]",
        JsonValue value when value.TryGetValue<string>(out var text) => Text(text),
        _ => node?.ToJsonString() ?? "null",
    };

    /// <summary>Quoted where YAML would read something else than this text.</summary>
    private static string Text(string text) => IsPlain().IsMatch(text) && text.ToLowerInvariant() is not ("true" or "false" or "yes" or "no" or "on" or "off" or "null" or "y" or "n") ? text : JsonValue.Create(text).ToJsonString();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9._/-]*\z", RegexOptions.NonBacktracking)]
    private static partial Regex IsPlain();
}
