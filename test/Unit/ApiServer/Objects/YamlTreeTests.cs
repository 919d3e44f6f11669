using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;
using Xunit;

namespace Vitrine.Unit.ApiServer.Objects;

public class YamlTreeTests
{
    [Theory]
    [InlineData("a: yes", """{"a":true}""")]
    [InlineData("a: 'yes'", """{"a":"yes"}""")]
    [InlineData("a: 0644", """{"a":420}""")]
    [InlineData("a: 0x1F", """{"a":31}""")]
    [InlineData("a: 1_000", """{"a":1000}""")]
    [InlineData("a: -3.5e2", """{"a":-350}""")]
    [InlineData("a: 2026-01-02", """{"a":"2026-01-02"}""")]
    [InlineData("a: ~\nb: null\nc:", """{"a":null,"b":null,"c":null}""")]
    [InlineData("a: &x {b: 1}\nc: *x", """{"a":{"b":1},"c":{"b":1}}""")]
    [InlineData("a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}", """{"a":{"b":1,"c":2},"d":{"c":3,"b":1}}""")]
    [InlineData("a: |\n  x\n  y\n", """{"a":"x\ny\n"}""")]
    public void Scalars_and_anchors_resolve_as_kubectl_resolves_them(string yaml, string json) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), YamlTree.Parse(yaml, [])), YamlTree.Parse(yaml, [])!.ToJsonString());

    [Fact]
    public void Duplicate_fields_are_named_by_path()
    {
        var duplicates = new List<string>();
        YamlTree.Parse("a: [{b: 1, b: 2}]", duplicates);
        Assert.Equal(["a[0].b"], duplicates);
    }

    [Fact]
    public void A_billion_laughs_is_refused_early()
    {
        var yaml = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + string.Join('\n', Enumerable.Range(1, 9)
            .Select(i => $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 10))}]"));
        var fault = Assert.Throws<FormatException>(() => YamlTree.Parse(yaml, []));
        Assert.Equal("yaml: document contains excessive aliasing", fault.Message);
    }

    [Fact]
    public void A_second_document_is_refused() =>
        Assert.Contains("more than one document", Assert.Throws<FormatException>(() => YamlTree.Parse("a: 1\n---\nb: 2", [])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("a: [b")]
    [InlineData("a: *nowhere")]
    [InlineData("a: b: c")]
    public void Broken_documents_say_where(string yaml) =>
        Assert.StartsWith("yaml: line ", Assert.Throws<FormatException>(() => YamlTree.Parse(yaml, [])).Message, StringComparison.Ordinal);
}
