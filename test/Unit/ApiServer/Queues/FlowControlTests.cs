using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Queues;
using Vitrine.ApiServer.Validation;
using Vitrine.Unit.ApiServer.Kinds;
using Vitrine.Unit.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.Queues;

/// <summary>FlowSchemas and PriorityLevelConfigurations of a running server.</summary>
public sealed class FlowControlTests : IAsyncLifetime
{
    private const string Levels = "/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations";
    private const string Schemas = "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas";
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(kinds: KindList.All);
        await _server.PostAsync("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", """{"metadata":{"name":"people"},"roleRef":{"kind":"ClusterRole","name":"view"},"subjects":[{"kind":"Group","name":"people"}]}""");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_defaults_are_there_and_valid()
    {
        (_, JsonObject levels) = await _server.GetAsync(Levels);
        (_, JsonObject schemas) = await _server.GetAsync(Schemas);
        Assert.Equal((8, 12), (levels["items"]!.AsArray().Count, schemas["items"]!.AsArray().Count));
        foreach (JsonObject one in FlowDefaults.All)
        {
            Kind kind = (string?)one["kind"] == "FlowSchema" ? FlowControlKinds.FlowSchema : FlowControlKinds.PriorityLevelConfiguration;
            JsonObject defaulted = one.DeepClone().AsObject();
            kind.Default(defaulted);
            Assert.True(JsonNode.DeepEquals(one, defaulted), $"{one}");
            List<FieldCause> causes = [];
            kind.Validate(one, null, causes);
            Assert.Empty(causes);
        }
        Assert.All(schemas["items"]!.AsArray(), static one => Assert.Equal("False", (string?)one!["status"]!["conditions"]![0]!["status"]));
    }

    [Fact]
    public async Task What_is_mandatory_cannot_be_changed_and_comes_back()
    {
        (int code, JsonObject status) = await MergeAsync($"{Levels}/catch-all", """{"spec":{"limited":{"nominalConcurrencyShares":7}}}""");
        Assert.Equal(422, code);
        Assert.Contains("spec of 'catch-all' must equal the fixed value", (string?)status["message"], StringComparison.Ordinal);
        Assert.Equal(200, (await MergeAsync($"{Levels}/exempt", """{"spec":{"exempt":{"lendablePercent":10}}}""")).Code);
        Assert.Equal(200, (await _server.DeleteAsync($"{Schemas}/catch-all")).Code);
        Assert.Equal(200, (await _server.DeleteAsync($"{Levels}/workload-low")).Code);
        await UntilAsync(async () => (await _server.GetAsync($"{Schemas}/catch-all")).Code == 200 && (await _server.GetAsync($"{Levels}/workload-low")).Code == 200);
        Assert.Equal(10, (int?)(await _server.GetAsync($"{Levels}/exempt")).Body["spec"]!["exempt"]!["lendablePercent"]);
    }

    [Fact]
    public async Task A_suggestion_is_kept_until_its_annotation_says_otherwise()
    {
        const string Change = """{"spec":{"limited":{"nominalConcurrencyShares":21}}}""";
        await MergeAsync($"{Levels}/global-default", Change);
        await UntilAsync(async () => (int?)(await _server.GetAsync($"{Levels}/global-default")).Body["spec"]!["limited"]!["nominalConcurrencyShares"] == 20);
        await MergeAsync($"{Levels}/global-default", """{"metadata":{"annotations":{"apf.kubernetes.io/autoupdate-spec":"false"}},"spec":{"limited":{"nominalConcurrencyShares":21}}}""");
        await _server.RestartAsync();
        Assert.Equal(21, (int?)(await _server.GetAsync($"{Levels}/global-default")).Body["spec"]!["limited"]!["nominalConcurrencyShares"]);
    }

    [Fact]
    public async Task A_schema_steers_the_very_next_request_and_answers_name_it()
    {
        HttpClient eve = _server.User("eve");
        Assert.Equal(await UidAsync($"{Schemas}/global-default"), await SchemaOfAsync(eve));
        await _server.PostAsync(Levels, """{"metadata":{"name":"jail"},"spec":{"type":"Limited","limited":{"nominalConcurrencyShares":0,"borrowingLimitPercent":0,"limitResponse":{"type":"Reject"}}}}""");
        (int code, JsonObject made) = await _server.PostAsync(Schemas, """
            {"metadata":{"name":"eve"},"spec":{"matchingPrecedence":600,"priorityLevelConfiguration":{"name":"jail"},"rules":[{"subjects":[{"kind":"User","user":{"name":"eve"}}],
            "resourceRules":[{"verbs":["*"],"apiGroups":[""],"resources":["configmaps"],"namespaces":["*"]}]}]}}
            """);
        Assert.Equal(201, code);
        using (HttpResponseMessage refused = await eve.GetAsync(Maps))
        {
            Assert.Equal((429, (string?)made["metadata"]!["uid"], "1"), ((int)refused.StatusCode, Header(refused, "X-Kubernetes-PF-FlowSchema-UID"), Header(refused, "Retry-After")));
            Assert.Equal(await UidAsync($"{Levels}/jail"), Header(refused, "X-Kubernetes-PF-PriorityLevel-UID"));
        }
        Assert.Equal(200, (await TestServer.AskAsync(eve, HttpMethod.Get, "/api/v1/namespaces/default/pods")).Code);
        Assert.Equal(200, (await TestServer.AskAsync(_server.User("adam"), HttpMethod.Get, Maps)).Code);
        await MergeAsync($"{Levels}/jail", """{"spec":{"limited":{"nominalConcurrencyShares":1}}}""");
        Assert.Equal(200, (await TestServer.AskAsync(eve, HttpMethod.Get, Maps)).Code);
    }

    [Fact]
    public async Task A_schema_without_its_level_is_dangling_and_steers_nothing()
    {
        await _server.PostAsync(Schemas, """
            {"metadata":{"name":"lost"},"spec":{"matchingPrecedence":600,"priorityLevelConfiguration":{"name":"later"},"rules":[{"subjects":[{"kind":"User","user":{"name":"eve"}}],
            "resourceRules":[{"verbs":["*"],"apiGroups":["*"],"resources":["*"],"namespaces":["*"]}]}]}}
            """);
        await UntilAsync(async () => await DanglingAsync() == "True");
        Assert.Equal(await UidAsync($"{Schemas}/global-default"), await SchemaOfAsync(_server.User("eve")));
        await _server.PostAsync(Levels, """{"metadata":{"name":"later"},"spec":{"type":"Limited","limited":{"limitResponse":{"type":"Queue","queuing":{}}}}}""");
        await UntilAsync(async () => await DanglingAsync() == "False");
        Assert.Equal(await UidAsync($"{Schemas}/lost"), await SchemaOfAsync(_server.User("eve")));
    }

    [Theory]
    [InlineData("{type: Limited}", "spec.limited: Required value")]
    [InlineData("{type: Exempt}", "type must be 'Exempt' if and only if `name` is 'exempt'")]
    [InlineData("{type: Some}", "spec.type: Unsupported value: \"Some\"")]
    [InlineData("{type: Limited, limited: {limitResponse: {type: Queue}}}", "spec.limited.limitResponse.queuing: Required value")]
    [InlineData("{type: Limited, limited: {limitResponse: {type: Reject, queuing: {}}}}", "spec.limited.limitResponse.queuing: Forbidden")]
    [InlineData("{type: Limited, limited: {limitResponse: {type: Queue, queuing: {queues: 4, handSize: 5}}}}", "should not be greater than queues (4)")]
    [InlineData("{type: Limited, limited: {limitResponse: {type: Queue, queuing: {queues: 1000, handSize: 10}}}}", "required entropy bits of deckSize 1000 and handSize 10")]
    [InlineData("{type: Limited, limited: {limitResponse: {type: Queue, queuing: {queues: -1}}}}", "spec.limited.limitResponse.queuing.queues: Invalid value: -1: must be positive")]
    [InlineData("{type: Limited, limited: {nominalConcurrencyShares: -1, limitResponse: {type: Reject}}}", "must be a non-negative integer")]
    [InlineData("{type: Limited, limited: {lendablePercent: 101, limitResponse: {type: Reject}}}", "must be between 0 and 100, inclusive")]
    public void A_level_that_cannot_be_is_refused(string spec, string cause) => Assert.Contains(Causes(FlowControlKinds.PriorityLevelConfiguration, spec), text => text.Contains(cause, StringComparison.Ordinal));

    [Theory]
    [InlineData("{matchingPrecedence: 1, priorityLevelConfiguration: {name: a}}", "only the schema named 'exempt' may have matchingPrecedence 1")]
    [InlineData("{matchingPrecedence: 10001, priorityLevelConfiguration: {name: a}}", "must not be greater than 10000")]
    [InlineData("{priorityLevelConfiguration: {name: ''}}", "must reference a priority level")]
    [InlineData("{priorityLevelConfiguration: {name: a}, distinguisherMethod: {type: ByShoe}}", "spec.distinguisherMethod.type: Unsupported value: \"ByShoe\"")]
    [InlineData("{priorityLevelConfiguration: {name: a}, rules: [{subjects: []}]}", "spec.rules[0].subjects: Required value")]
    [InlineData("{priorityLevelConfiguration: {name: a}, rules: [{subjects: [{kind: User, group: {name: g}}]}]}", "spec.rules[0].subjects[0].group: Forbidden")]
    [InlineData("{priorityLevelConfiguration: {name: a}, rules: [{subjects: [{kind: User}], nonResourceRules: [{verbs: [get], nonResourceURLs: ['/a*']}]}]}", "wildcard can only do suffix matching")]
    [InlineData("{priorityLevelConfiguration: {name: a}, rules: [{subjects: [{kind: User}], resourceRules: [{verbs: [get, '*'], apiGroups: [''], resources: [a]}]}]}", "if '*' is present, must not specify other verbs")]
    [InlineData("{priorityLevelConfiguration: {name: a}, rules: [{subjects: [{kind: User}], resourceRules: [{verbs: [look], apiGroups: [''], resources: [a]}]}]}", "Unsupported value: \"look\"")]
    [InlineData("{priorityLevelConfiguration: {name: a}, rules: [{subjects: [{kind: User}], resourceRules: [{verbs: [get], apiGroups: [''], resources: [a]}]}]}", "spec.rules[0].resourceRules[0].namespaces: Required value")]
    public void A_schema_that_cannot_be_is_refused(string spec, string cause) => Assert.Contains(Causes(FlowControlKinds.FlowSchema, spec), text => text.Contains(cause, StringComparison.Ordinal));

    private static IEnumerable<string> Causes(Kind kind, string spec) =>
        ObjectValidator.Validate(kind, Sample.Defaulted(kind, $"{{metadata: {{name: x}}, spec: {spec}}}"), null).Select(static cause => $"{cause.Field}: {cause.Message}");

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    private static async Task<string?> SchemaOfAsync(HttpClient client)
    {
        using HttpResponseMessage answer = await client.GetAsync(Maps);
        return Header(answer, "X-Kubernetes-PF-FlowSchema-UID");
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (int i = 0; i < 200 && !await condition(); i++)
        {
            await Task.Delay(50);
        }
        Assert.True(await condition());
    }

    private async Task<string?> UidAsync(string path) => (string?)(await _server.GetAsync(path)).Body["metadata"]!["uid"];

    private async Task<string?> DanglingAsync() => (string?)(await _server.GetAsync($"{Schemas}/lost")).Body["status"]?["conditions"]?[0]?["status"];

    private Task<(int Code, JsonObject Body)> MergeAsync(string path, string patch) => _server.SendAsync(HttpMethod.Patch, path, patch, "application/merge-patch+json");
}
