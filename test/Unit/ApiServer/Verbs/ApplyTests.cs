using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Xunit;

namespace Vitrine.Unit.ApiServer.Verbs;

public sealed class ApplyTests : IAsyncLifetime
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";
    private const string Deployment = """
        {apiVersion: apps/v1, kind: Deployment, metadata: {name: web, labels: {a: b}}, spec: {replicas: 2, selector: {matchLabels: {app: web}},
        template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: one, ports: [{containerPort: 80}]}]}}}}
        """;

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(kinds: KindList.All);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task It_makes_what_is_not_there_and_owns_no_defaults()
    {
        (int code, JsonObject made) = await ApplyAsync($"{Deployments}/web?fieldManager=me", Deployment);
        Assert.Equal(201, code);
        Assert.Equal(3, made["spec"]!["progressDeadlineSeconds"] is null ? 0 : 3);
        JsonNode entry = Assert.Single(made["metadata"]!["managedFields"]!.AsArray())!;
        Assert.Equal(("me", "Apply", "apps/v1", "FieldsV1"), ((string?)entry["manager"], (string?)entry["operation"], (string?)entry["apiVersion"], (string?)entry["fieldsType"]));
        Assert.Equal(
            """{"f:metadata":{"f:labels":{"f:a":{}}},"f:spec":{"f:replicas":{},"f:selector":{},"f:template":{"f:metadata":{"f:labels":{"f:app":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"web\"}":{".":{},"f:image":{},"f:name":{},"f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}}}}}}}}""",
            entry["fieldsV1"]!.ToJsonString(Vitrine.ApiServer.Objects.JsonText.Plain));
    }

    [Fact]
    public async Task The_same_again_writes_nothing()
    {
        (_, JsonObject made) = await ApplyAsync($"{Deployments}/web?fieldManager=me", Deployment);
        (int code, JsonObject same) = await ApplyAsync($"{Deployments}/web?fieldManager=me", Deployment);
        Assert.Equal(200, code);
        Assert.Equal((string?)made["metadata"]!["resourceVersion"], (string?)same["metadata"]!["resourceVersion"]);
    }

    [Fact]
    public async Task A_create_and_a_patch_own_what_they_write()
    {
        (_, JsonObject made) = await _server.PostAsync($"{Maps}?fieldManager=maker", """{"metadata":{"name":"m","labels":{"l":"1"}},"data":{"x":"1"}}""");
        Assert.Equal("""{"f:data":{".":{},"f:x":{}},"f:metadata":{"f:labels":{".":{},"f:l":{}}}}""", Entry(made, "maker")["fieldsV1"]!.ToJsonString());
        (_, JsonObject changed) = await _server.SendAsync(HttpMethod.Patch, $"{Maps}/m?fieldManager=patcher", """{"data":{"x":"2","y":"2"}}""", "application/merge-patch+json");
        Assert.Equal("""{"f:data":{"f:x":{},"f:y":{}}}""", Entry(changed, "patcher")["fieldsV1"]!.ToJsonString());
        Assert.Equal("""{"f:data":{},"f:metadata":{"f:labels":{".":{},"f:l":{}}}}""", Entry(changed, "maker")["fieldsV1"]!.ToJsonString());
        (int code, JsonObject refused) = await ApplyAsync($"{Maps}/m?fieldManager=a", "{apiVersion: v1, kind: ConfigMap, data: {x: '3'}}");
        Assert.Equal(409, code);
        Assert.Equal("Apply failed with 1 conflict: conflict with \"patcher\" using v1: .data.x", (string?)refused["message"]);
        Assert.Equal("FieldManagerConflict", (string?)refused["details"]!["causes"]![0]!["reason"]);
        (code, JsonObject forced) = await ApplyAsync($"{Maps}/m?fieldManager=a&force=true", "{apiVersion: v1, kind: ConfigMap, data: {x: '3'}}");
        Assert.Equal((200, "3", "2"), (code, (string?)forced["data"]!["x"], (string?)forced["data"]!["y"]));
    }

    [Fact]
    public async Task Status_and_scale_have_managers_of_their_own()
    {
        await ApplyAsync($"{Deployments}/web?fieldManager=me", Deployment);
        (int code, JsonObject status) = await ApplyAsync($"{Deployments}/web/status?fieldManager=ctl", "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, status: {replicas: 1}}");
        Assert.Equal(200, code);
        Assert.Equal(("status", """{"f:status":{"f:replicas":{}}}"""), ((string?)Entry(status, "ctl")["subresource"], Entry(status, "ctl")["fieldsV1"]!.ToJsonString()));
        (code, JsonObject refused) = await ApplyAsync($"{Deployments}/web/scale?fieldManager=hpa", "{apiVersion: autoscaling/v1, kind: Scale, metadata: {name: web}, spec: {replicas: 5}}");
        Assert.Equal(409, code);
        Assert.Equal("Apply failed with 1 conflict: conflict with \"me\": .spec.replicas", (string?)refused["message"]);
        (code, JsonObject scale) = await ApplyAsync($"{Deployments}/web/scale?fieldManager=hpa&force=true", "{apiVersion: autoscaling/v1, kind: Scale, metadata: {name: web}, spec: {replicas: 5}}");
        Assert.Equal((200, 5), (code, (int)scale["spec"]!["replicas"]!));
        (_, JsonObject now) = await _server.GetAsync($"{Deployments}/web");
        Assert.Equal(("scale", 2), ((string?)Entry(now, "hpa")["subresource"], (int)now["metadata"]!["generation"]!));
        // What somebody else scales is given up by leaving it out.
        (code, now) = await ApplyAsync($"{Deployments}/web?fieldManager=me", Deployment.Replace("replicas: 2, ", "", StringComparison.Ordinal));
        Assert.Equal((200, 5), (code, (int)now["spec"]!["replicas"]!));
    }

    [Fact]
    public async Task A_dry_run_changes_nothing()
    {
        Assert.Equal(201, (await ApplyAsync($"{Deployments}/web?fieldManager=me&dryRun=All", Deployment)).Code);
        Assert.Equal(404, (await _server.GetAsync($"{Deployments}/web")).Code);
    }

    [Fact]
    public async Task An_empty_entry_forgets_all_managers()
    {
        await _server.PostAsync($"{Maps}?fieldManager=maker", """{"metadata":{"name":"m"},"data":{"x":"1"}}""");
        (_, JsonObject reset) = await _server.SendAsync(HttpMethod.Patch, $"{Maps}/m?fieldManager=p", """{"metadata":{"managedFields":[{}]}}""", "application/merge-patch+json");
        Assert.Null(reset["metadata"]!["managedFields"]);
        (int code, JsonObject refused) = await ApplyAsync($"{Maps}/m?fieldManager=a", "{apiVersion: v1, kind: ConfigMap, data: {x: '3'}}");
        Assert.Equal(409, code);
        Assert.Contains("before-first-apply", (string?)refused["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Managers_are_replaced_by_those_a_client_sends()
    {
        await _server.PostAsync($"{Maps}?fieldManager=kubectl-client-side-apply", """{"metadata":{"name":"m"},"data":{"x":"1"}}""");
        (_, JsonObject sent) = await _server.SendAsync(
            HttpMethod.Patch,
            $"{Maps}/m?fieldManager=migrate",
            """[{"op":"replace","path":"/metadata/managedFields","value":[{"manager":"kubectl","operation":"Apply","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:data":{"f:x":{}}}}]}]""",
            "application/json-patch+json");
        Assert.Equal(["kubectl"], sent["metadata"]!["managedFields"]!.AsArray().Select(static entry => (string?)entry!["manager"]));
        (int code, JsonObject applied) = await ApplyAsync($"{Maps}/m?fieldManager=kubectl", "{apiVersion: v1, kind: ConfigMap, data: {y: '3'}}");
        Assert.Equal((200, """{"y":"3"}"""), (code, applied["data"]!.ToJsonString()));
    }

    [Theory]
    [InlineData("?", "{apiVersion: v1, kind: ConfigMap}", 422, "fieldManager: Required value: is required for apply patch")]
    [InlineData("?fieldManager=a", "{kind: ConfigMap}", 400, "the body must be an object with apiVersion and kind: v1, ConfigMap")]
    [InlineData("?fieldManager=a", "[", 400, "couldn't get version/kind")]
    [InlineData("?fieldManager=a", "{apiVersion: v1, kind: ConfigMap, nonsense: 1}", 400, "failed to create typed patch object (default/m; v1, Kind=ConfigMap): .nonsense: field not declared in schema")]
    [InlineData("?fieldManager=a&fieldValidation=Strict", "{apiVersion: v1, kind: ConfigMap, nonsense: 1}", 400, "strict decoding error: unknown field \"nonsense\"")]
    [InlineData("?fieldManager=a", "{apiVersion: v1, kind: ConfigMap, metadata: {managedFields: [{}]}}", 400, "metadata.managedFields must be nil")]
    [InlineData("?fieldManager=a", "{apiVersion: v1, kind: ConfigMap, metadata: {name: other}}", 400, "does not match the name on the URL (m)")]
    [InlineData("?fieldManager=a", "{apiVersion: v1, kind: ConfigMap, metadata: {uid: x}}", 409, "uid mismatch: the provided object specified uid x, and no existing object was found")]
    [InlineData("?fieldManager=a", "{apiVersion: v1, kind: ConfigMap, metadata: {resourceVersion: '1'}}", 400, "resourceVersion should not be set on objects to be created")]
    [InlineData("?fieldManager=a", "{apiVersion: v1, kind: ConfigMap, metadata: {finalizers: [a.b/c, a.b/c]}}", 400, ".metadata.finalizers: duplicate entries for key [=\"a.b/c\"]")]
    [InlineData("?fieldManager=a", "{apiVersion: v1, kind: ConfigMap, metadata: {ownerReferences: [{name: x, kind: Pod, apiVersion: v1}]}}", 400, "omits key field \"uid\"")]
    public async Task What_cannot_be_applied_is_refused(string query, string config, int code, string message)
    {
        (int answered, JsonObject status) = await ApplyAsync($"{Maps}/m{query}", config);
        Assert.Equal(code, answered);
        Assert.Contains(message, (string?)status["message"], StringComparison.Ordinal);
        Assert.Equal(404, (await _server.GetAsync($"{Maps}/m")).Code);
    }

    [Fact]
    public async Task Only_an_apply_can_be_forced()
    {
        (int code, JsonObject status) = await _server.SendAsync(HttpMethod.Patch, $"{Maps}/m?force=true", "{}", "application/merge-patch+json");
        Assert.Equal(422, code);
        Assert.Contains("force: Forbidden: may not be specified for non-apply patch", (string?)status["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_precondition_that_fails_is_a_conflict()
    {
        await ApplyAsync($"{Maps}/m?fieldManager=a", "{apiVersion: v1, kind: ConfigMap, data: {x: '1'}}");
        (int code, _) = await ApplyAsync($"{Maps}/m?fieldManager=a", "{apiVersion: v1, kind: ConfigMap, metadata: {resourceVersion: '1'}, data: {x: '2'}}");
        Assert.Equal(409, code);
    }

    [Fact]
    public async Task Of_many_at_once_each_keeps_its_own()
    {
        (int Code, JsonObject Body)[] answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => ApplyAsync($"{Maps}/m?fieldManager=m{i}", $"{{apiVersion: v1, kind: ConfigMap, data: {{k{i}: v}}}}")));
        Assert.All(answers, static answer => Assert.True(answer.Code is 200 or 201 or 409, answer.Body.ToJsonString()));
        (_, JsonObject now) = await _server.GetAsync($"{Maps}/m");
        Assert.Equal(answers.Count(static answer => answer.Code < 300), now["data"]!.AsObject().Count);
        Assert.Equal(now["data"]!.AsObject().Count, now["metadata"]!["managedFields"]!.AsArray().Count);
    }

    private static JsonNode Entry(JsonObject value, string manager) => value["metadata"]!["managedFields"]!.AsArray().Single(entry => (string?)entry!["manager"] == manager)!;

    private Task<(int Code, JsonObject Body)> ApplyAsync(string path, string yaml) => _server.SendAsync(HttpMethod.Patch, path, yaml, "application/apply-patch+yaml");
}
