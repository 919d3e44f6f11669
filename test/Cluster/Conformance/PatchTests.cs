using System.Text.Json.Nodes;
using Xunit;

namespace Vitrine.Cluster.Conformance;

/// <summary>The four ways to patch, and what each refuses.</summary>
public sealed class PatchTests(SharedCluster cluster) : IDisposable
{
    private const string Deployment = """
        {"metadata":{"name":"d"},"spec":{"replicas":0,"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},
        "spec":{"containers":[{"name":"one","image":"debian","args":["x"],"env":[{"name":"A","value":"1"}]},{"name":"two","image":"debian"}]}}}}
        """;

    private readonly Api api = new(cluster);

    public void Dispose() => api.Dispose();

    [Theory]
    // What a merge of a list means in each of them.
    [InlineData("strategic-merge-patch+json", """{"spec":{"template":{"spec":{"containers":[{"name":"two","image":"busybox"}]}}}}""", "one=debian two=busybox")]
    [InlineData("merge-patch+json", """{"spec":{"template":{"spec":{"containers":[{"name":"two","image":"busybox"}]}}}}""", "two=busybox")]
    [InlineData("json-patch+json", """[{"op":"replace","path":"/spec/template/spec/containers/1/image","value":"busybox"}]""", "one=debian two=busybox")]
    [InlineData("apply-patch+yaml", "{apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {containers: [{name: three, image: busybox}]}}}}", "one=debian two=debian three=busybox")]
    [InlineData("strategic-merge-patch+json", """{"spec":{"template":{"spec":{"containers":[{"name":"one","$patch":"delete"}]}}}}""", "two=debian")]
    [InlineData("strategic-merge-patch+json", """{"spec":{"template":{"spec":{"$setElementOrder/containers":[{"name":"two"},{"name":"one"}],"containers":[{"name":"one","image":"busybox"}]}}}}""", "two=debian one=busybox")]
    [InlineData("strategic-merge-patch+json", """{"spec":{"template":{"spec":{"containers":[{"$patch":"replace"},{"name":"new","image":"busybox"}]}}}}""", "new=busybox")]
    [InlineData("json-patch+json", """[{"op":"test","path":"/spec/replicas","value":0},{"op":"remove","path":"/spec/template/spec/containers/0"}]""", "two=debian")]
    [InlineData("json-patch+json", """[{"op":"copy","from":"/spec/template/spec/containers/0/image","path":"/spec/template/spec/containers/1/image"},{"op":"move","from":"/spec/template/spec/containers/0","path":"/spec/template/spec/containers/-"}]""", "two=debian one=debian")]
    public async Task A_patch_means_what_its_type_says(string type, string patch, string containers)
    {
        var all = await DeploymentAsync();
        var patched = (await api.PatchAsync($"{all}/d?fieldManager=t", patch, type)).Must(200);
        Assert.Equal(containers, string.Join(' ', patched["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Select(static c => $"{c!["name"]}={c["image"]}")));
        Assert.True((int)patched["metadata"]!["generation"]! >= 2);
    }

    [Theory]
    [InlineData("strategic-merge-patch+json", "[]", 400, "BadRequest")]
    [InlineData("merge-patch+json", "7", 400, "BadRequest")]
    [InlineData("json-patch+json", "{}", 400, "BadRequest")]
    [InlineData("json-patch+json", """[{"op":"test","path":"/spec/replicas","value":5}]""", 422, "Invalid")]
    [InlineData("json-patch+json", """[{"op":"remove","path":"/spec/nothing"}]""", 422, "Invalid")]
    [InlineData("merge-patch+json", "{", 400, "BadRequest")]
    [InlineData("xml", "<a/>", 415, "UnsupportedMediaType")]
    [InlineData("merge-patch+json", """{"spec":{"replicas":"many"}}""", 400, "BadRequest")]
    [InlineData("merge-patch+json", """{"spec":{"replicas":-1}}""", 422, "Invalid")]
    [InlineData("merge-patch+json", """{"spec":{"selector":{"matchLabels":{"a":"c"}}}}""", 422, "Invalid")]
    [InlineData("merge-patch+json", """{"kind":"Pod"}""", 400, "BadRequest")]
    [InlineData("merge-patch+json", """{"metadata":{"resourceVersion":"1"}}""", 409, "Conflict")]
    [InlineData("merge-patch+json", """{"metadata":{"uid":"11111111-1111-1111-1111-111111111111"}}""", 409, "Conflict")]
    [InlineData("apply-patch+yaml", "{apiVersion: apps/v1, kind: Deployment, spec: {replicas: 4}}", 409, "Conflict")]
    public async Task A_patch_that_cannot_be_leaves_the_object_as_it_was(string type, string patch, int code, string reason)
    {
        var all = await DeploymentAsync();
        var before = (await api.GetAsync($"{all}/d")).Body["spec"];
        (await api.PatchAsync($"{all}/d?fieldManager=t", patch, type)).Fails(code, reason);
        Assert.True(JsonNode.DeepEquals(before, (await api.GetAsync($"{all}/d")).Body["spec"]));
    }

    [Fact]
    public async Task Status_is_written_by_its_own_path_and_only_there()
    {
        var all = await DeploymentAsync();
        (await api.PatchAsync($"{all}/d", """{"status":{"replicas":9},"metadata":{"labels":{"x":"y"}}}""")).Must(200);
        Assert.NotEqual("9", (await api.GetAsync($"{all}/d")).Body["status"]?["replicas"]?.ToString());
        var status = (await api.PatchAsync($"{all}/d/status", """{"spec":{"replicas":5},"status":{"observedGeneration":0,"replicas":9}}""")).Must(200);
        Assert.Equal((0, 9), ((int)status["spec"]!["replicas"]!, (int)status["status"]!["replicas"]!));
    }

    [Theory]
    [InlineData("Strict", 400, 0)]
    [InlineData("Warn", 200, 2)]
    [InlineData("Ignore", 200, 0)]
    public async Task Unknown_and_duplicate_fields_follow_fieldValidation(string validation, int code, int warnings)
    {
        var all = await DeploymentAsync();
        var reply = await api.PatchAsync($"{all}/d?fieldValidation={validation}", """{"spec":{"paused":false,"paused":true,"nonsense":1}}""");
        reply.Must(code);
        Assert.Equal(warnings, reply.Warnings.Count);
        if (code == 400)
        {
            Assert.Contains("duplicate field \"spec.paused\", unknown field \"spec.nonsense\"", reply.Message.Replace("unknown field \"spec.nonsense\", duplicate field \"spec.paused\"", "duplicate field \"spec.paused\", unknown field \"spec.nonsense\"", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    private async Task<string> DeploymentAsync()
    {
        var ns = await cluster.NamespaceAsync($"conf-patch-{Guid.NewGuid().ToString("N")[..8]}");
        var all = $"apis/apps/v1/namespaces/{ns}/deployments";
        (await api.PostAsync(all, Deployment)).Must(201);
        return all;
    }
}
