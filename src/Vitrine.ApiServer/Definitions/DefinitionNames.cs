using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Definitions;

/// <summary>The names a definition asks for, or has been given.</summary>
internal sealed record DefinitionNames(string Plural, string Singular, IReadOnlyList<string> ShortNames, string Kind, string ListKind, IReadOnlyList<string> Categories)
{
    public static DefinitionNames Read(JsonObject? names) => new(
        names.Text("plural"), names.Text("singular"), Texts(names, "shortNames"), names.Text("kind"), names.Text("listKind"), Texts(names, "categories"));

    /// <summary>What a path or a command may name it by.</summary>
    public IEnumerable<string> Resources => ((string[])[Plural, Singular, .. ShortNames]).Where(static name => name.Length > 0);

    public IEnumerable<string> Kinds => ((string[])[Kind, ListKind]).Where(static name => name.Length > 0);

    public JsonObject Write()
    {
        var written = new JsonObject { ["kind"] = Kind, ["plural"] = Plural };
        foreach (var (field, text) in ((string, string)[])[("listKind", ListKind), ("singular", Singular)])
        {
            if (text.Length > 0)
            {
                written[field] = text;
            }
        }
        foreach (var (field, texts) in ((string, IReadOnlyList<string>)[])[("shortNames", ShortNames), ("categories", Categories)])
        {
            if (texts.Count > 0)
            {
                written[field] = new JsonArray([.. texts.Select(static text => (JsonNode)text)]);
            }
        }
        return written;
    }

    private static string[] Texts(JsonObject? names, string field) => [.. (names.Array(field) ?? []).Select(static text => text.AsText()).OfType<string>()];
}
