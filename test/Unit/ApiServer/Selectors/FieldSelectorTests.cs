using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Selectors;
using Vitrine.Unit.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.Selectors;

public sealed class FieldSelectorTests
{
    private static readonly Dictionary<string, string> s_fields = new() { ["metadata.name"] = "p", ["metadata.namespace"] = "d", ["spec.nodeName"] = "n,1" };

    [Theory]
    [InlineData("metadata.name=p", true)]
    [InlineData("metadata.name==p", true)]
    [InlineData("metadata.name!=p", false)]
    [InlineData("metadata.name=p,metadata.namespace!=e", true)]
    [InlineData("spec.nodeName=n\\,1", true)]
    [InlineData("spec.nodeName=", false)]
    public void A_selector_compares_text(string selector, bool matches) =>
        Assert.Equal(matches, FieldSelector.Parse(selector, TestKinds.Pods).Matches(s_fields));

    [Theory]
    [InlineData("metadata.name")]
    [InlineData("=a")]
    [InlineData("metadata.name=a\\b")]
    [InlineData("spec.image=a")]
    public void What_cannot_be_selected_on_is_a_bad_request(string selector) =>
        Assert.Equal(400, Assert.Throws<ApiException>(() => FieldSelector.Parse(selector, TestKinds.Pods)).Code);
}
