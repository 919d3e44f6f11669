using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.OpenApi;
using Xunit;

namespace Vitrine.Unit.ApiServer.OpenApi;

public class OpenApiRoutesTests
{
    private static readonly OpenApiRoutes Routes = new(new KindCatalog(KindList.All, []));

    [Fact]
    public void Every_reference_of_a_document_has_its_definition()
    {
        foreach (var (path, root) in ((string, string)[])[("/openapi/v2", "definitions"), ("/openapi/v3/api/v1", "components.schemas"), ("/openapi/v3/apis/coordination.k8s.io/v1", "components.schemas")])
        {
            var document = Get(path);
            var definitions = root.Split('.').Aggregate((JsonNode)document, (node, step) => node[step]!).AsObject();
            var references = References(document).ToArray();
            Assert.NotEmpty(references);
            Assert.All(references, r => Assert.True(definitions.ContainsKey(r[(r.LastIndexOf('/') + 1)..]), r));
        }
    }

    [Fact]
    public void A_field_has_its_description_its_requirement_and_its_merge_key()
    {
        var spec = Get("/openapi/v3/api/v1")["components"]!["schemas"]!["io.k8s.api.core.v1.PodSpec"]!;
        Assert.Equal("""["containers"]""", spec["required"]!.ToJsonString());
        var containers = spec["properties"]!["containers"]!;
        Assert.Equal("name", containers["x-kubernetes-patch-merge-key"]!.GetValue<string>());
        Assert.StartsWith("List of containers belonging to the pod.", containers["description"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_patch_offers_what_kubectl_looks_for_before_it_applies()
    {
        var patch = Get("/openapi/v3/api/v1")["paths"]!["/api/v1/namespaces/{namespace}/pods/{name}"]!["patch"]!;
        Assert.Equal("""{"group":"","kind":"Pod","version":"v1"}""", patch["x-kubernetes-group-version-kind"]!.ToJsonString());
        var names = patch["parameters"]!.AsArray().Select(p => p!["name"]!.GetValue<string>()).ToArray();
        Assert.Contains("dryRun", names);
        Assert.Contains("fieldValidation", names);
        Assert.NotNull(patch["requestBody"]!["content"]!["application/strategic-merge-patch+json"]);
    }

    [Fact]
    public void The_index_names_a_url_that_is_served_and_the_hash_is_its_etag()
    {
        var url = Get("/openapi/v3")["paths"]!["api/v1"]!["serverRelativeURL"]!.GetValue<string>();
        Assert.True(Routes.TryAnswer(url, "application/json", out _, out _, out var etag));
        Assert.EndsWith("?hash=" + etag!.Trim('"'), url, StringComparison.Ordinal);
    }

    [Fact]
    public void Old_kubectl_gets_protobuf_when_it_asks_for_it_first()
    {
        const string protobuf = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
        Assert.True(Routes.TryAnswer("/openapi/v2", protobuf, out var body, out var type, out _));
        Assert.Equal("application/com.github.proto-openapi.spec.v2.v1.0+protobuf", type);
        Assert.Equal("\n\u00032.0"u8.ToArray(), body.Span[..5].ToArray());
        Assert.True(Routes.TryAnswer("/openapi/v2", "application/json, " + protobuf, out _, out type, out _));
        Assert.Equal("application/json", type);
    }

    [Theory]
    [InlineData("/openapi/v4")]
    [InlineData("/openapi/v3/apis/apps/v1beta1")]
    [InlineData("/openapi/v3/apis//v1")]
    public void What_is_not_served_is_not_answered(string path) => Assert.False(Routes.TryAnswer(path, "", out _, out _, out _));

    private static JsonObject Get(string path)
    {
        Assert.True(Routes.TryAnswer(path, "application/json", out var body, out _, out _));
        return JsonNode.Parse(body.Span)!.AsObject();
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(p => p.Key == "$ref" && p.Value is JsonValue ? [p.Value.GetValue<string>()] : References(p.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };
}
