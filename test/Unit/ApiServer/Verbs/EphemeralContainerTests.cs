using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Xunit;

namespace Vitrine.Unit.ApiServer.Verbs;

public sealed class EphemeralContainerTests : IAsyncLifetime
{
    private const string Pods = "/api/v1/namespaces/default/pods";
    private const string Containers = Pods + "/p/ephemeralcontainers";
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(kinds: KindList.All);
        await _server.PostAsync(Pods, """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[{"name":"a","image":"x"}]}}""");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task One_is_added_and_counts_as_a_new_generation()
    {
        (int code, JsonObject pod) = await AddAsync("""{"name":"d","image":"debian","targetContainerName":"a","stdin":true,"tty":true}""");
        Assert.Equal(200, code);
        Assert.Equal("debian", (string?)pod["spec"]!["ephemeralContainers"]![0]!["image"]);
        Assert.Equal("/dev/termination-log", (string?)pod["spec"]!["ephemeralContainers"]![0]!["terminationMessagePath"]);
        Assert.Equal(2, (int)pod["metadata"]!["generation"]!);
        (_, JsonObject read) = await _server.GetAsync(Containers);
        Assert.Equal("Pod", (string?)read["kind"]);
        Assert.Equal(200, (await AddAsync("""{"name":"e","image":"debian"}""")).Code);
        Assert.Equal(2, (await _server.GetAsync(Pods + "/p")).Body["spec"]!["ephemeralContainers"]!.AsArray().Count);
    }

    [Fact]
    public async Task Nothing_else_of_the_pod_changes_by_it()
    {
        (_, JsonObject pod) = await _server.GetAsync(Pods + "/p");
        pod["spec"]!["containers"]![0]!["image"] = "other";
        pod["spec"]!["ephemeralContainers"] = new JsonArray(new JsonObject { ["name"] = "d", ["image"] = "debian" });
        Assert.Equal(200, (await _server.PutAsync(Containers, pod.ToJsonString())).Code);
        Assert.Equal("x", (string?)(await _server.GetAsync(Pods + "/p")).Body["spec"]!["containers"]![0]!["image"]);
    }

    [Theory]
    [InlineData(""" "ports":[{"containerPort":80}] """, "spec.ephemeralContainers[0].ports", "cannot be set for an Ephemeral Container")]
    [InlineData(""" "resources":{"limits":{"cpu":"1"}} """, "spec.ephemeralContainers[0].resources", "cannot be set for an Ephemeral Container")]
    [InlineData(""" "livenessProbe":{"exec":{"command":["x"]}} """, "spec.ephemeralContainers[0].livenessProbe", "cannot be set for an Ephemeral Container")]
    [InlineData(""" "targetContainerName":"b" """, "spec.ephemeralContainers[0].targetContainerName", "Not found")]
    [InlineData(""" "name":"a" """, "spec.ephemeralContainers[0].name", "Duplicate value")]
    public async Task What_it_may_not_have_is_named(string field, string path, string message)
    {
        (int code, JsonObject status) = await AddAsync("""{"name":"d","image":"debian", """ + field + "}");
        Assert.Equal(422, code);
        JsonNode cause = status["details"]!["causes"]!.AsArray().First(c => (string?)c!["field"] == path)!;
        Assert.Contains(message, (string?)cause["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task None_goes_and_none_changes()
    {
        await AddAsync("""{"name":"d","image":"debian"}""");
        (_, JsonObject pod) = await _server.GetAsync(Containers);
        pod["spec"]!["ephemeralContainers"]![0]!["image"] = "other";
        (int changed, JsonObject why) = await _server.PutAsync(Containers, pod.ToJsonString());
        Assert.Equal(422, changed);
        Assert.Contains("existing ephemeral containers \"d\" may not be changed", (string?)why["message"], StringComparison.Ordinal);
        pod["spec"]!.AsObject().Remove("ephemeralContainers");
        (int removed, why) = await _server.PutAsync(Containers, pod.ToJsonString());
        Assert.Equal(422, removed);
        Assert.Contains("may not be removed", (string?)why["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task They_come_by_no_other_way()
    {
        (int created, _) = await _server.PostAsync(Pods, """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"q"},"spec":{"containers":[{"name":"a","image":"x"}],"ephemeralContainers":[{"name":"d","image":"x"}]}}""");
        Assert.Equal(422, created);
        (_, JsonObject pod) = await _server.GetAsync(Pods + "/p");
        pod["spec"]!["ephemeralContainers"] = new JsonArray(new JsonObject { ["name"] = "d", ["image"] = "debian" });
        Assert.Equal(422, (await _server.PutAsync(Pods + "/p", pod.ToJsonString())).Code);
    }

    [Fact]
    public async Task A_manifest_that_is_sent_again_leaves_them()
    {
        await AddAsync("""{"name":"d","image":"debian"}""");
        (_, JsonObject pod) = await _server.GetAsync(Pods + "/p");
        pod["spec"]!.AsObject().Remove("ephemeralContainers");
        (int code, JsonObject kept) = await _server.PutAsync(Pods + "/p", pod.ToJsonString());
        Assert.Equal(200, code);
        Assert.NotNull(kept["spec"]!["ephemeralContainers"]);
    }

    private Task<(int Code, JsonObject Body)> AddAsync(string container) =>
        _server.SendAsync(HttpMethod.Patch, Containers, $$$"""{"spec":{"ephemeralContainers":[{{{container}}}]} }""", "application/strategic-merge-patch+json");
}
