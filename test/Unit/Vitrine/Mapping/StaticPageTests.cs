using System.Text.Json.Nodes;
using CsCheck;
using Vitrine.Mapping;
using Xunit;

namespace Vitrine.Unit.Mapping;

public sealed class StaticPageTests
{
    private const string Page = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
          <script defer src="./assets/index-a1.js"></script>
          <link rel="stylesheet" href="./assets/style-b2.css">
        </head>
        <body>
        <div id="app"></div>
        <script id="snapshot" type="application/json"></script>
        </body>
        </html>
        """;

    private static readonly string[] Endings = ["</script>", "<!--", "<script", "\u2028", "&lt;", ""];

    [Fact]
    public void The_page_needs_nothing_else_and_runs_nothing_else()
    {
        var written = StaticPage.Write(Page, Asset, new JsonObject { ["cluster"] = "default" });
        Assert.DoesNotContain("src=", written, StringComparison.Ordinal);
        Assert.DoesNotContain("href=", written, StringComparison.Ordinal);
        Assert.Contains("<script id=\"snapshot\" type=\"application/json\">{\"cluster\":\"default\"}</script>", written, StringComparison.Ordinal);
        // The digest of run(), so that a browser runs this script and no other.
        Assert.Contains("script-src 'sha256-", written, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", written, StringComparison.Ordinal);
        Assert.Contains("<script>run()</script></body>", written, StringComparison.Ordinal);
    }

    [Fact]
    public void No_name_of_the_cluster_ends_the_element_it_is_in() => Gen.Select(Gen.String, Gen.Int[0, Endings.Length - 1]).Sample((text, ending) =>
    {
        var name = text + Endings[ending];
        var written = StaticPage.Write(Page, Asset, new JsonObject { ["name"] = name });
        const string Before = "<script id=\"snapshot\" type=\"application/json\">";
        var start = written.IndexOf(Before, StringComparison.Ordinal) + Before.Length;
        var inside = written[start..written.IndexOf("</script>", start, StringComparison.Ordinal)];
        Assert.DoesNotContain('<', inside);
        Assert.Equal(new JsonObject { ["name"] = name }.ToJsonString(), JsonNode.Parse(inside)!.ToJsonString());
    });

    [Fact]
    public void A_script_that_speaks_of_scripts_stays_whole() => Assert.Contains("a=\"<\\/script>\"", StaticPage.Write(Page, n => n.EndsWith(".js", StringComparison.Ordinal) ? "a=\"</script>\"" : "", new JsonObject()), StringComparison.Ordinal);

    private static string Asset(string name) => name switch
    {
        "assets/index-a1.js" => "run()",
        "assets/style-b2.css" => "body{}",
        _ => throw new FileNotFoundException(name),
    };
}
