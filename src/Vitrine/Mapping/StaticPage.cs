using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vitrine.Mapping;

/// <summary>The map of a snapshot as one file that needs no server: scripts and styles are in it, and its policy lets nothing else run.</summary>
internal static class StaticPage
{
    /// <param name="page">index.html with its references</param>
    /// <param name="asset">the text of a file it refers to</param>
    /// <param name="snapshot">what is shown; its names may be anything</param>
    public static string Write(string page, Func<string, string> asset, JsonNode snapshot)
    {
        var script = Between(page, "<script defer src=\"./", "\"></script>");
        var style = Between(page, "<link rel=\"stylesheet\" href=\"./", "\">");
        // The parser ends a script at this text wherever it stands.
        var code = asset(script).Replace("</script", "<\\/script", StringComparison.OrdinalIgnoreCase);
        var looks = asset(style);
        var policy = $"default-src 'none'; script-src '{Digest(code)}'; style-src '{Digest(looks)}'; font-src data:; img-src data: blob:; base-uri 'none'; form-action 'none'";
        return page
            .Replace($"<script defer src=\"./{script}\"></script>", "", StringComparison.Ordinal)
            .Replace($"<link rel=\"stylesheet\" href=\"./{style}\">", $"<style>{looks}</style>", StringComparison.Ordinal)
            .Replace("<meta charset=\"utf-8\">", $"<meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">", StringComparison.Ordinal)
            // Quoted so that no name can end the element: the writer's default encoder escapes < and >.
            .Replace("<script id=\"snapshot\" type=\"application/json\"></script>", $"<script id=\"snapshot\" type=\"application/json\">{Text(snapshot)}</script>", StringComparison.Ordinal)
            .Replace("</body>", $"<script>{code}</script></body>", StringComparison.Ordinal);
    }

    private static string Text(JsonNode snapshot)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
            snapshot.WriteTo(writer);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static string Digest(string content) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)))}";

    private static string Between(string text, string before, string after)
    {
        var start = text.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return start < before.Length ? throw new InvalidOperationException($"the page has no {before}") : text[start..text.IndexOf(after, start, StringComparison.Ordinal)];
    }
}
