using System.Text.Json.Nodes;
using CsCheck;
using Vitrine.ApiServer.ManagedFields;
using Xunit;

namespace Vitrine.Unit.ApiServer.ManagedFields;

public class FieldSetTests
{
    private static readonly Gen<string[]> s_path = Gen.Select(Gen.Int[0, 3], static i => new[] { "f:a", "f:b", "k:{\"name\":\"x\"}", "v:1" }[i]).Array[1, 4];

    private static readonly Gen<string[][]> s_paths = s_path.Array[0, 8];

    [Fact]
    public void The_operations_are_those_of_sets_of_paths() => Gen.Select(s_paths, s_paths).Sample((left, right) =>
    {
        FieldSet a = Of(left), b = Of(right);
        HashSet<string> x = [.. a.Paths()], y = [.. b.Paths()];
        Assert.Equal(Shown(left), x);
        Assert.Equal(x.Union(y).Order(StringComparer.Ordinal), a.Union(b).Paths());
        Assert.Equal(x.Intersect(y).Order(StringComparer.Ordinal), a.Intersection(b).Paths());
        Assert.Equal(x.Except(y).Order(StringComparer.Ordinal), a.Difference(b).Paths());
        Assert.Equal(x.SetEquals(y), a.SetEquals(b));
        Assert.Equal(x.Count == 0, a.IsEmpty);
        Assert.True(a.Difference(a).IsEmpty);
    });

    [Fact]
    public void A_document_says_the_same_set() => s_paths.Sample(paths =>
    {
        FieldSet set = Of(paths);
        Assert.True(FieldsDocument.Read(FieldsDocument.Write(set)).SetEquals(set));
    });

    [Fact]
    public void A_path_above_others_is_a_dot()
    {
        FieldSet set = FieldSet.Path("f:spec", "f:labels").Union(FieldSet.Path("f:spec", "f:labels", "f:app"));
        Assert.Equal("""{"f:spec":{"f:labels":{".":{},"f:app":{}}}}""", FieldsDocument.Write(set).ToJsonString());
    }

    [Theory]
    [InlineData("""{"spec":{}}""")]
    [InlineData("""{"f:spec":1}""")]
    [InlineData("""{"k:{name":{}}""")]
    [InlineData("""{"k:[]":{}}""")]
    [InlineData("""{"v:{}":{}}""")]
    [InlineData("""{"i:x":{}}""")]
    [InlineData("""{"":{}}""")]
    public void What_is_no_document_is_refused(string text) =>
        Assert.Throws<FormatException>(() => FieldsDocument.Read(JsonNode.Parse(text)!.AsObject()));

    [Fact]
    public void Any_text_is_read_or_refused() => Gen.String.Array[0, 5].Sample(keys =>
    {
        JsonObject document = [];
        foreach (string key in keys)
        {
            document[key] = new JsonObject();
        }

        try
        {
            _ = FieldsDocument.Read(document).Paths().Count();
        }
        catch (FormatException)
        {
        }
    });

    [Fact]
    public void Paths_are_shown_as_conflicts_name_them() => Assert.Equal(
        [".ports[containerPort=80,protocol=\"TCP\"].name", ".tags[=\"a\"]", ".x[3]"],
        FieldSet.Path("f:ports", """k:{"containerPort":80,"protocol":"TCP"}""", "f:name").Union(FieldSet.Path("f:tags", "v:\"a\"")).Union(FieldSet.Path("f:x", "i:3")).Paths());

    private static FieldSet Of(string[][] paths) => paths.Aggregate(FieldSet.Empty, static (set, path) => set.Union(FieldSet.Path(path)));

    private static HashSet<string> Shown(string[][] paths) => [.. paths.Select(static path => string.Concat(path.Select(PathElement.Show)))];
}
