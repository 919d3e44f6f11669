using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.Unit.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.Admission;

public sealed class PodAdmissionTests : IAsyncLifetime
{
    private const string Pods = "/api/v1/namespaces/default/pods";
    private const string Classes = "/apis/scheduling.k8s.io/v1/priorityclasses";
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(kinds: KindList.All);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_pod_tolerates_a_silent_node_for_five_minutes()
    {
        (_, JsonObject pod) = await CreateAsync("tolerations: [{key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 5}],");
        Assert.Equal(["node.kubernetes.io/not-ready:5", "node.kubernetes.io/unreachable:300"],
            pod["spec"]!["tolerations"]!.AsArray().Select(static t => $"{t!["key"]}:{t["tolerationSeconds"]}"));
    }

    [Fact]
    public async Task How_long_is_the_servers_choice()
    {
        await using TestServer hasty = await TestServer.StartAsync(kinds: KindList.All, tolerationSeconds: 7);
        (_, JsonObject pod) = await hasty.PostAsync(Pods, """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]}}""");
        Assert.Equal([7, 7], pod["spec"]!["tolerations"]!.AsArray().Select(static t => (int)t!["tolerationSeconds"]!));
    }

    [Fact]
    public async Task A_pod_has_no_priority_of_its_own_without_a_class()
    {
        (_, JsonObject pod) = await CreateAsync("");
        Assert.Equal((0, "PreemptLowerPriority"), ((int)pod["spec"]!["priority"]!, (string?)pod["spec"]!["preemptionPolicy"]));
        (int code, JsonObject status) = await CreateAsync("priority: 5,", "q");
        Assert.Equal(403, code);
        Assert.Equal("pods \"q\" is forbidden: the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name", (string?)status["message"]);
    }

    [Theory]
    [InlineData("system-cluster-critical", 2_000_000_000)]
    [InlineData("system-node-critical", 2_000_001_000)]
    public async Task The_classes_of_the_system_are_there_from_the_start(string name, int priority)
    {
        (int code, JsonObject pod) = await CreateAsync($"priorityClassName: {name},");
        Assert.Equal((201, priority), (code, (int)pod["spec"]!["priority"]!));
        (int refused, JsonObject status) = await _server.DeleteAsync($"{Classes}/{name}");
        Assert.Equal(403, refused);
        Assert.Equal($"priorityclasses.scheduling.k8s.io \"{name}\" is forbidden: this is a system priority class and cannot be deleted", (string?)status["message"]);
    }

    [Fact]
    public async Task An_unknown_class_is_refused()
    {
        (int code, JsonObject status) = await CreateAsync("priorityClassName: high,");
        Assert.Equal(403, code);
        Assert.Equal("pods \"p\" is forbidden: no PriorityClass with name high was found", (string?)status["message"]);
    }

    [Fact]
    public async Task The_default_class_is_everybodys_and_there_is_only_one()
    {
        await ClassAsync("usual", "value: 10, globalDefault: true, preemptionPolicy: Never");
        (_, JsonObject pod) = await CreateAsync("");
        Assert.Equal(("usual", 10, "Never"), ((string?)pod["spec"]!["priorityClassName"], (int)pod["spec"]!["priority"]!, (string?)pod["spec"]!["preemptionPolicy"]));
        (int code, JsonObject status) = await ClassAsync("other", "value: 20, globalDefault: true");
        Assert.Equal(403, code);
        Assert.EndsWith("PriorityClass usual is already marked as default. Only one default can exist", (string?)status["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manifest_sent_again_changes_nothing()
    {
        (_, JsonObject made) = await CreateAsync("priorityClassName: system-cluster-critical,");
        (int code, JsonObject same) = await _server.SendAsync(HttpMethod.Put, $"{Pods}/p", "{metadata: {name: p}, spec: {priorityClassName: system-cluster-critical, containers: [{name: c, image: i}]}}", "application/yaml");
        Assert.Equal(200, code);
        Assert.True(JsonNode.DeepEquals(made["spec"], same["spec"]), same.ToJsonString());
    }

    private Task<(int Code, JsonObject Body)> CreateAsync(string spec, string name = "p") =>
        _server.SendAsync(HttpMethod.Post, Pods, $"{{metadata: {{name: {name}}}, spec: {{{spec} containers: [{{name: c, image: i}}]}}}}", "application/yaml");

    private Task<(int Code, JsonObject Body)> ClassAsync(string name, string fields) =>
        _server.SendAsync(HttpMethod.Post, Classes, $"{{metadata: {{name: {name}}}, {fields}}}", "application/yaml");
}
