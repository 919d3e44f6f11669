using CsCheck;
using Vitrine.ApiServer.Drafts;
using Xunit;

namespace Vitrine.Unit.ApiServer.Drafts;

public sealed class ManifestReaderTests
{
    [Fact]
    public void Documents_are_cut_as_kubectl_cuts_them()
    {
        var found = ManifestReader.Read("# a comment\n---\n\na: 1\n--- # two\nb:\n  c: [1,\n    2]\n---\n---\r\n{\"d\": 4}\n").ToArray();
        Assert.Equal([(1, 4), (2, 6), (3, 11)], found.Select(d => (d.Number, d.Line)));
        Assert.Equal(["{\"a\":1}", "{\"b\":{\"c\":[1,2]}}", "{\"d\":4}"], found.Select(d => d.Value!.ToJsonString()));
        Assert.Equal((7, 8, 7), (found[1].LineOf("b.c"), found[1].LineOf("b.c[1]"), found[1].LineOf("b.c.missing.deep")));
    }

    [Fact]
    public void Dashes_within_a_block_are_text() => Assert.Equal("a\n---\nb\n", (string?)Assert.Single(ManifestReader.Read("t: |\n  a\n  ---\n  b\n")).Value!["t"]);

    [Theory]
    [InlineData("a: [b", "yaml: line 4: ")]
    [InlineData("{\"a\": }", "'}' is an invalid")]
    [InlineData("a: *nowhere", "unknown anchor")]
    public void A_broken_document_says_why_and_hides_no_other(string broken, string why)
    {
        var found = ManifestReader.Read($"good: yes\n---\n{broken}\n---\nfine: yes\n").ToArray();
        Assert.Contains(why, found[1].Fault, StringComparison.Ordinal);
        Assert.True((bool?)found[2].Value!["fine"]);
    }

    [Fact]
    public void Fields_that_are_written_twice_are_named() => Assert.Equal(["a.b"], Assert.Single(ManifestReader.Read("a: {b: 1, b: 2}")).Duplicates);

    [Fact]
    public void Any_text_is_read_or_refused_by_a_sentence() => Gen.String[Gen.Char["{}[]:,-#&*!|>'\"% \n\tab01\uFEFF\u00e9"], 0, 60].Sample(text =>
    {
        foreach (var document in ManifestReader.Read(text))
            Assert.True(document.Value is not null != document.Fault is not null && document.Line > 0);
    }, iter: 20_000);
}
