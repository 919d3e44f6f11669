using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.Unit.ApiServer.Kinds;
using Xunit;

namespace Vitrine.Unit.ApiServer.Verbs;

public sealed class PropagationTests : IAsyncLifetime
{
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";
    private const string Jobs = "/apis/batch/v1/namespaces/default/jobs";
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(kinds: KindList.All);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("?propagationPolicy=Foreground", null, "foregroundDeletion")]
    [InlineData("", """{"propagationPolicy":"Foreground"}""", "foregroundDeletion")]
    [InlineData("?propagationPolicy=Orphan", null, "orphan")]
    [InlineData("?orphanDependents=true", null, "orphan")]
    [InlineData("", """{"orphanDependents":true}""", "orphan")]
    public async Task A_policy_becomes_a_finalizer(string query, string? body, string finalizer)
    {
        await CreateAsync("d");
        (int code, JsonObject marked) = await _server.DeleteAsync($"{Deployments}/d{query}", body);
        Assert.Equal(200, code);
        Assert.NotNull(marked["metadata"]!["deletionTimestamp"]);
        Assert.Equal([finalizer], marked["metadata"]!["finalizers"]!.AsArray().Select(static f => (string?)f));
        Assert.Equal(200, (await _server.SendAsync(HttpMethod.Patch, $"{Deployments}/d", """{"metadata":{"finalizers":null}}""", "application/merge-patch+json")).Code);
        Assert.Equal(404, (await _server.GetAsync($"{Deployments}/d")).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?propagationPolicy=Background")]
    public async Task In_the_background_the_object_goes_at_once(string query)
    {
        await CreateAsync("d");
        Assert.Equal(200, (await _server.DeleteAsync($"{Deployments}/d{query}")).Code);
        Assert.Equal(404, (await _server.GetAsync($"{Deployments}/d")).Code);
    }

    [Fact]
    public async Task A_later_policy_replaces_the_earlier()
    {
        await CreateAsync("d");
        await _server.DeleteAsync($"{Deployments}/d?propagationPolicy=Foreground");
        Assert.Equal(200, (await _server.DeleteAsync($"{Deployments}/d?propagationPolicy=Background")).Code);
        Assert.Equal(404, (await _server.GetAsync($"{Deployments}/d")).Code);
    }

    [Fact]
    public async Task Both_ways_of_saying_it_are_refused()
    {
        await CreateAsync("d");
        (int code, JsonObject status) = await _server.DeleteAsync($"{Deployments}/d", """{"propagationPolicy":"Orphan","orphanDependents":true}""");
        Assert.Equal(422, code);
        Assert.EndsWith("orphanDependents and deletionPropagation cannot be both set", (string?)status["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_leaves_its_pods_unless_told_otherwise_and_says_so()
    {
        await _server.SendAsync(HttpMethod.Post, Jobs, $"{{metadata: {{name: j}}, spec: {{{Workloads.Once}}}}}", "application/yaml");
        using HttpResponseMessage answer = await _server.Admin.DeleteAsync($"{Jobs}/j");
        Assert.Contains("child pods are preserved by default when jobs are deleted", Assert.Single(answer.Headers.GetValues("Warning")), StringComparison.Ordinal);
        (_, JsonObject job) = await _server.GetAsync($"{Jobs}/j");
        Assert.Equal("orphan", (string?)job["metadata"]!["finalizers"]![0]);
    }

    [Fact]
    public async Task A_collection_is_deleted_with_its_policy()
    {
        await CreateAsync("d");
        await CreateAsync("e");
        await CreateAsync("f", "x");
        (int code, _) = await _server.DeleteAsync($"{Deployments}?labelSelector=k%3Dv&propagationPolicy=Foreground");
        Assert.Equal(200, code);
        (_, JsonObject left) = await _server.GetAsync(Deployments);
        Assert.Equal(["d:foregroundDeletion", "e:foregroundDeletion", "f:"], left["items"]!.AsArray().Select(static item => $"{item!["metadata"]!["name"]}:{item["metadata"]!["finalizers"]?[0]}"));
    }

    [Fact]
    public async Task Two_policies_cannot_both_be_finalizers()
    {
        (int code, JsonObject status) = await _server.SendAsync(HttpMethod.Post, Deployments, $"{{metadata: {{name: d, finalizers: [orphan, foregroundDeletion]}}, spec: {{{Workloads.Selected}}}}}", "application/yaml");
        Assert.Equal(422, code);
        Assert.EndsWith("finalizer orphan and foregroundDeletion cannot be both set", (string?)status["message"], StringComparison.Ordinal);
    }

    private async Task CreateAsync(string name, string label = "v")
    {
        (int code, _) = await _server.SendAsync(HttpMethod.Post, Deployments, $"{{metadata: {{name: {name}, labels: {{k: {label}}}}}, spec: {{{Workloads.Selected}}}}}", "application/yaml");
        Assert.Equal(201, code);
    }
}
