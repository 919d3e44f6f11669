using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.Unit.ApiServer.Kinds;
using Xunit;

namespace Vitrine.Unit.ApiServer.Verbs;

public sealed class ScaleTests : IAsyncLifetime
{
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(kinds: KindList.All);
        (int code, _) = await _server.SendAsync(HttpMethod.Post, Deployments, $"{{metadata: {{name: d}}, spec: {{{Workloads.Selected}}}}}", "application/yaml");
        Assert.Equal(201, code);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_scale_shows_replicas_and_the_selector()
    {
        (_, JsonObject scale) = await _server.GetAsync($"{Deployments}/d/scale");
        (_, JsonObject deployment) = await _server.GetAsync($"{Deployments}/d");
        Assert.Equal("autoscaling/v1", (string?)scale["apiVersion"]);
        Assert.Equal("app=a", (string?)scale["status"]!["selector"]);
        Assert.Equal(1, (int)scale["spec"]!["replicas"]!);
        Assert.Equal((string?)deployment["metadata"]!["uid"], (string?)scale["metadata"]!["uid"]);
    }

    [Fact]
    public async Task Scaling_writes_through_and_is_a_new_generation()
    {
        (int code, JsonObject scale) = await _server.SendAsync(HttpMethod.Patch, $"{Deployments}/d/scale", """{"spec":{"replicas":3}}""", "application/merge-patch+json");
        Assert.Equal(200, code);
        Assert.Equal(3, (int)scale["spec"]!["replicas"]!);
        (_, JsonObject deployment) = await _server.GetAsync($"{Deployments}/d");
        Assert.Equal((3, 2), ((int)deployment["spec"]!["replicas"]!, (int)deployment["metadata"]!["generation"]!));
        scale["spec"]!["replicas"] = 0;
        Assert.Equal(200, (await _server.PutAsync($"{Deployments}/d/scale", scale.ToJsonString())).Code);
        Assert.Equal(409, (await _server.PutAsync($"{Deployments}/d/scale", scale.ToJsonString().Replace("\"replicas\":0", "\"replicas\":5", StringComparison.Ordinal))).Code);
    }

    [Fact]
    public async Task Fewer_than_none_are_refused()
    {
        (int code, JsonObject status) = await _server.SendAsync(HttpMethod.Patch, $"{Deployments}/d/scale", """{"spec":{"replicas":-1}}""", "application/merge-patch+json");
        Assert.Equal(422, code);
        Assert.Equal("Scale.autoscaling \"d\" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0", (string?)status["message"]);
    }

    [Fact]
    public async Task Annotations_and_status_count_as_upstream_counts_them()
    {
        (_, JsonObject annotated) = await _server.SendAsync(HttpMethod.Patch, $"{Deployments}/d", """{"metadata":{"annotations":{"a":"b"}}}""", "application/merge-patch+json");
        Assert.Equal(2, (int)annotated["metadata"]!["generation"]!);
        (_, JsonObject reported) = await _server.SendAsync(HttpMethod.Patch, $"{Deployments}/d/status", """{"spec":{"replicas":9},"status":{"replicas":4}}""", "application/merge-patch+json");
        Assert.Equal((1, 4, 2), ((int)reported["spec"]!["replicas"]!, (int)reported["status"]!["replicas"]!, (int)reported["metadata"]!["generation"]!));
    }

    [Fact]
    public async Task A_job_gets_the_labels_of_its_own_uid()
    {
        (int code, JsonObject job) = await _server.SendAsync(HttpMethod.Post, "/apis/batch/v1/namespaces/default/jobs", $"{{metadata: {{generateName: j-}}, spec: {{{Workloads.Once}}}}}", "application/yaml");
        Assert.Equal(201, code);
        Assert.Equal((string?)job["metadata"]!["uid"], (string?)job["spec"]!["selector"]!["matchLabels"]!["batch.kubernetes.io/controller-uid"]);
        Assert.Equal((string?)job["metadata"]!["name"], (string?)job["spec"]!["template"]!["metadata"]!["labels"]!["job-name"]);
    }
}
