using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Xunit;

namespace Vitrine.Unit.ApiServer.Verbs;

public sealed class EvictionTests : IAsyncLifetime
{
    private const string Pods = "/api/v1/namespaces/default/pods";
    private const string Budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(kinds: KindList.All);
        await _server.SendAsync(HttpMethod.Post, Pods, "{metadata: {name: p, labels: {app: a}}, spec: {nodeName: node-1, terminationGracePeriodSeconds: 0, containers: [{name: c, image: i}]}}", "application/yaml");
        await StatusAsync($"{Pods}/p", """{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}""");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_pod_without_a_budget_is_deleted()
    {
        (int code, JsonObject status) = await EvictAsync();
        Assert.Equal((201, "Success"), (code, (string?)status["status"]));
        Assert.Equal(404, (await _server.GetAsync($"{Pods}/p")).Code);
    }

    [Fact]
    public async Task An_evicted_pod_that_ends_slowly_says_why_it_ends()
    {
        (int code, _) = await EvictAsync(""","deleteOptions":{"gracePeriodSeconds":30}""");
        Assert.Equal(201, code);
        (_, JsonObject pod) = await _server.GetAsync($"{Pods}/p");
        Assert.NotNull(pod["metadata"]!["deletionTimestamp"]);
        JsonNode condition = Assert.Single(pod["status"]!["conditions"]!.AsArray(), static c => (string?)c!["type"] == "DisruptionTarget")!;
        Assert.Equal(("True", "EvictionByEvictionAPI"), ((string?)condition["status"], (string?)condition["reason"]));
    }

    [Fact]
    public async Task A_spent_budget_holds_the_pod()
    {
        await BudgetAsync("b", """{"disruptionsAllowed":0,"currentHealthy":1,"desiredHealthy":1,"expectedPods":1,"observedGeneration":1}""");
        (int code, JsonObject status) = await EvictAsync();
        Assert.Equal(429, code);
        Assert.Equal("Cannot evict pod as it would violate the pod's disruption budget.", (string?)status["message"]);
        Assert.Equal("TooManyRequests", (string?)status["reason"]);
        Assert.Equal(("DisruptionBudget", "The disruption budget b needs 1 healthy pods and has 1 currently"),
            ((string?)status["details"]!["causes"]![0]!["reason"], (string?)status["details"]!["causes"]![0]!["message"]));
        Assert.Equal(200, (await _server.GetAsync($"{Pods}/p")).Code);
    }

    [Fact]
    public async Task A_budget_is_decremented_and_told_of_the_pod()
    {
        await BudgetAsync("b", """{"disruptionsAllowed":1,"currentHealthy":2,"desiredHealthy":1,"expectedPods":2,"observedGeneration":1}""");
        Assert.Equal(201, (await EvictAsync()).Code);
        (_, JsonObject budget) = await _server.GetAsync($"{Budgets}/b");
        Assert.Equal(0, (int)budget["status"]!["disruptionsAllowed"]!);
        Assert.NotNull(budget["status"]!["disruptedPods"]!["p"]);
        Assert.Equal("InsufficientPods", (string?)budget["status"]!["conditions"]![0]!["reason"]);
    }

    [Fact]
    public async Task A_dry_run_takes_nothing()
    {
        await BudgetAsync("b", """{"disruptionsAllowed":1,"currentHealthy":2,"desiredHealthy":1,"expectedPods":2,"observedGeneration":1}""");
        Assert.Equal(201, (await EvictAsync(""","deleteOptions":{"dryRun":["All"]}""")).Code);
        (_, JsonObject budget) = await _server.GetAsync($"{Budgets}/b");
        Assert.Equal(1, (int)budget["status"]!["disruptionsAllowed"]!);
        Assert.Equal(200, (await _server.GetAsync($"{Pods}/p")).Code);
    }

    [Fact]
    public async Task A_budget_its_controller_has_not_seen_asks_for_patience()
    {
        await BudgetAsync("b", """{"disruptionsAllowed":1,"currentHealthy":2,"desiredHealthy":1,"expectedPods":2,"observedGeneration":0}""");
        (int code, JsonObject status) = await EvictAsync();
        Assert.Equal(429, code);
        Assert.Equal(10, (int)status["details"]!["retryAfterSeconds"]!);
        Assert.Equal("The disruption budget b is still being processed by the server.", (string?)status["details"]!["causes"]![0]!["message"]);
    }

    [Fact]
    public async Task Two_budgets_are_too_many()
    {
        await BudgetAsync("b", "{}");
        await BudgetAsync("c", "{}");
        (int code, JsonObject status) = await EvictAsync();
        Assert.Equal(500, code);
        Assert.Equal("This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.", (string?)status["message"]);
    }

    [Theory]
    [InlineData("Pending", "False", "", 201)]
    [InlineData("Running", "False", "", 429)]
    [InlineData("Running", "False", "unhealthyPodEvictionPolicy: AlwaysAllow,", 201)]
    public async Task A_pod_that_is_not_healthy_may_go_as_its_budget_says(string phase, string ready, string policy, int want)
    {
        await BudgetAsync("b", """{"disruptionsAllowed":0,"currentHealthy":0,"desiredHealthy":1,"expectedPods":1,"observedGeneration":1}""", policy);
        await StatusAsync($"{Pods}/p", $$"""{"phase":"{{phase}}","conditions":[{"type":"Ready","status":"{{ready}}"}]}""");
        Assert.Equal(want, (await EvictAsync()).Code);
    }

    [Fact]
    public async Task An_unready_pod_goes_freely_when_enough_others_are_healthy()
    {
        await BudgetAsync("b", """{"disruptionsAllowed":0,"currentHealthy":1,"desiredHealthy":1,"expectedPods":2,"observedGeneration":1}""");
        await StatusAsync($"{Pods}/p", """{"phase":"Running","conditions":[{"type":"Ready","status":"False"}]}""");
        Assert.Equal(201, (await EvictAsync()).Code);
        (_, JsonObject budget) = await _server.GetAsync($"{Budgets}/b");
        Assert.Null(budget["status"]!["disruptedPods"]);
    }

    [Fact]
    public async Task The_name_must_be_that_of_the_url() =>
        Assert.Equal(400, (await _server.PostAsync($"{Pods}/p/eviction", """{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"q"}}""")).Code);

    private Task<(int Code, JsonObject Body)> EvictAsync(string more = "") =>
        _server.PostAsync($"{Pods}/p/eviction", $$"""{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"p"}{{more}} }""");

    private async Task BudgetAsync(string name, string status, string policy = "")
    {
        (int code, _) = await _server.SendAsync(HttpMethod.Post, Budgets, $"{{metadata: {{name: {name}}}, spec: {{{policy} minAvailable: 1, selector: {{matchLabels: {{app: a}}}}}}}}", "application/yaml");
        Assert.Equal(201, code);
        await StatusAsync($"{Budgets}/{name}", status);
    }

    private async Task StatusAsync(string path, string status) =>
        Assert.Equal(200, (await _server.SendAsync(HttpMethod.Patch, $"{path}/status", $$"""{"status":{{status}}}""", "application/merge-patch+json")).Code);
}
