using System.Text.Json.Nodes;
using CsCheck;
using Vitrine.ApiServer.Definitions;
using Xunit;

namespace Vitrine.Unit.ApiServer.Definitions;

public class JsonPathTests
{
    private static readonly JsonNode Value = JsonNode.Parse("""
        {"spec":{"n":3,"a.b":"dotted","list":[{"type":"Ready","status":"True","n":1},{"type":"Synced","status":"False","n":5}],"deep":{"n":7}},"metadata":{"annotations":{"x/y.z":"w"}}}
        """)!;

    [Theory]
    [InlineData(".spec.n", "3")]
    [InlineData(".spec.none", "")]
    [InlineData(".spec.a\\.b", "\"dotted\"")]
    [InlineData(".spec['a.b']", "\"dotted\"")]
    [InlineData(".metadata.annotations.x/y\\.z", "\"w\"")]
    [InlineData(".spec.list[0].type", "\"Ready\"")]
    [InlineData(".spec.list[-1].type", "\"Synced\"")]
    [InlineData(".spec.list[9].type", "")]
    [InlineData(".spec.list[*].n", "1 5")]
    [InlineData(".spec.list[0:1].n", "1")]
    [InlineData(".spec.list[1:].n", "5")]
    [InlineData(".spec.list[?(@.type==\"Ready\")].status", "\"True\"")]
    [InlineData(".spec.list[?(@.type=='Synced')].status", "\"False\"")]
    [InlineData(".spec.list[?(@.n > 2)].type", "\"Synced\"")]
    [InlineData(".spec.list[?(@.type != \"Ready\")].n", "5")]
    [InlineData(".spec.list[?(@.none)].n", "")]
    [InlineData(".spec..n", "3 1 5 7")]
    [InlineData(".spec.deep.*", "7")]
    public void A_path_leads_to_what_it_names(string path, string found) =>
        Assert.Equal(found, string.Join(' ', JsonPath.Parse(path).Find(Value).Select(static node => node?.ToJsonString())));

    [Theory]
    [InlineData("spec")]
    [InlineData(".spec[")]
    [InlineData(".spec[a]")]
    [InlineData(".spec[?(x)]")]
    [InlineData(".spec[?(@.a == b)]")]
    [InlineData(".spec[1:2:3]")]
    [InlineData(".a..")]
    [InlineData(".{range}")]
    public void What_is_no_path_is_refused(string path) => Assert.NotEmpty(Assert.Throws<FormatException>(() => JsonPath.Parse(path)).Message);

    [Fact]
    public void Any_text_is_a_path_or_refused()
    {
        string[] words = [".", "a", "[", "]", "'", "\"", "?", "(", "@", ")", "=", "==", "1", "-", ":", "*", "\\", "..", "[?(", ")]", " "];
        Gen.Int[0, words.Length - 1].Array[0, 20].Sample(picked =>
        {
            try
            {
                _ = JsonPath.Parse(string.Concat(picked.Select(i => words[i]))).Find(Value).Count();
            }
            catch (FormatException)
            {
                // What cannot be is refused like this and no other way.
            }
        }, iter: 20_000);
    }
}
