using CsCheck;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Selectors;
using Xunit;

namespace Vitrine.Unit.ApiServer.Selectors;

public sealed class LabelSelectorParserTests
{
    private static readonly Dictionary<string, string> s_labels = new() { ["app"] = "web", ["tier"] = "front", ["size"] = "10", ["example.com/x"] = "" };

    [Theory]
    [InlineData("", true)]
    [InlineData("app", true)]
    [InlineData("!app", false)]
    [InlineData("!none", true)]
    [InlineData("app=web", true)]
    [InlineData("app==web", true)]
    [InlineData("app!=web", false)]
    [InlineData("none!=web", true)]
    [InlineData("app in (web, db)", true)]
    [InlineData("app notin (web,db)", false)]
    [InlineData("none notin (a)", true)]
    [InlineData("size>9", true)]
    [InlineData("size<10", false)]
    [InlineData("app>1", false)]
    [InlineData("app=web,tier in (front),!none", true)]
    [InlineData("app=web,tier=back", false)]
    [InlineData("example.com/x=", true)]
    [InlineData(" app = web ", true)]
    public void A_selector_matches_as_upstream_documents(string selector, bool matches) =>
        Assert.Equal(matches, LabelSelectorParser.Parse(selector).Matches(s_labels));

    [Theory]
    [InlineData("=a")]
    [InlineData("a in b")]
    [InlineData("a in (b")]
    [InlineData("a,,b")]
    [InlineData("a b")]
    [InlineData("a=b c")]
    [InlineData("a>x")]
    [InlineData("a=-b")]
    [InlineData("a/b/c=d")]
    public void A_malformed_selector_is_a_bad_request(string selector) =>
        Assert.Equal(400, Assert.Throws<ApiException>(() => LabelSelectorParser.Parse(selector)).Code);

    [Fact]
    public void No_text_makes_the_parser_throw_anything_else() =>
        Gen.String[Gen.Char["ab=!,()<> /-in\0é"], 0, 20].Sample(static text =>
        {
            try
            {
                LabelSelectorParser.Parse(text).Matches(s_labels);
            }
            catch (ApiException refusal)
            {
                Assert.Equal(400, refusal.Code);
            }
        });
}
