using System.Reflection;
using System.Text.Json.Nodes;
using k8s.Models;
using Vitrine.ApiServer.Discovery;
using Vitrine.ApiServer.Kinds;
using Xunit;

namespace Vitrine.Unit.ApiServer.Discovery;

public class DiscoveryRoutesTests
{
    private const string Kubectl = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

    private static readonly KindCatalog Catalog = new(KindList.All, []);
    private static readonly DiscoveryRoutes Routes = new(Catalog);

    [Fact]
    public void The_version_is_that_of_the_official_models()
    {
        var models = (string)typeof(V1Pod).Assembly.GetType("k8s.Models.GeneratedModelVersion")!
            .GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)
            .Single(f => f.Name.Contains("Swagger", StringComparison.Ordinal)).GetRawConstantValue()!;
        Assert.Equal(ServerVersion.Git, models + "+vitrine");
        Assert.StartsWith($"v{ServerVersion.Major}.{ServerVersion.Minor}.", ServerVersion.Git, StringComparison.Ordinal);
    }

    [Fact]
    public void Old_and_aggregated_discovery_say_the_same()
    {
        var aggregated = Get("/api", Kubectl)["items"]![0]!["versions"]![0]!["resources"]!.AsArray()
            .SelectMany(r => new[] { r!["resource"]!.GetValue<string>() }.Concat((r["subresources"] as JsonArray ?? []).Select(s => $"{r["resource"]}/{s!["subresource"]}")));
        var old = Get("/api/v1", "application/json")["resources"]!.AsArray().Select(r => r!["name"]!.GetValue<string>());
        Assert.Equal(old.Order(), aggregated.Order());
    }

    [Theory]
    [InlineData(Kubectl, "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")]
    [InlineData("application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList", "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList")]
    [InlineData("application/json", "application/json")]
    [InlineData("", "application/json")]
    public void The_client_chooses_the_form(string accept, string answer)
    {
        Assert.True(Routes.TryAnswer("/apis", accept, out _, out var type));
        Assert.Equal(answer, type);
    }

    [Theory]
    [InlineData("/apis/nothing.io")]
    [InlineData("/apis/coordination.k8s.io/v2")]
    [InlineData("/api/v2")]
    public void What_is_not_served_is_not_answered(string path) =>
        Assert.False(Routes.TryAnswer(path, "", out _, out _), path);

    [Fact]
    public void Every_kind_is_found_by_its_path_and_has_a_schema() => Assert.All(KindList.All, kind =>
    {
        Assert.Same(kind, Catalog.Find(kind.Group, kind.Version, kind.Plural));
        Assert.NotEmpty(Vitrine.ApiServer.Schema.SchemaSet.Get(kind.Schema).Fields);
    });

    private static JsonObject Get(string path, string accept)
    {
        Assert.True(Routes.TryAnswer(path, accept, out var body, out _));
        return JsonNode.Parse(body.Span)!.AsObject();
    }
}
