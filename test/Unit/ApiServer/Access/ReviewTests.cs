using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.Unit.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.Access;

/// <summary>Asking whether one may, and acting as somebody else.</summary>
public sealed class ReviewTests : IAsyncLifetime
{
    private const string Authorization = "/apis/authorization.k8s.io/v1";
    private const string WhoAmI = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    private TestServer server = null!;
    private HttpClient bob = null!;

    public async ValueTask InitializeAsync()
    {
        server = await TestServer.StartAsync(kinds: KindList.All);
        bob = server.User("bob", "dev");
        await server.PostAsync("/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings", """{"metadata":{"name":"b"},"roleRef":{"kind":"ClusterRole","name":"view"},"subjects":[{"kind":"User","name":"bob"}]}""");
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("""{"resourceAttributes":{"namespace":"default","verb":"list","resource":"pods"}}""", true)]
    [InlineData("""{"resourceAttributes":{"namespace":"default","verb":"get","resource":"pods","subresource":"log"}}""", true)]
    [InlineData("""{"resourceAttributes":{"namespace":"kube-system","verb":"list","resource":"pods"}}""", false)]
    [InlineData("""{"resourceAttributes":{"namespace":"default","verb":"*","resource":"*","group":"*"}}""", false)]
    [InlineData("""{"nonResourceAttributes":{"verb":"get","path":"/version"}}""", true)]
    [InlineData("""{"nonResourceAttributes":{"verb":"get","path":"/metrics"}}""", false)]
    public async Task One_may_ask_for_oneself(string spec, bool allowed)
    {
        var (code, review) = await AskAsync("selfsubjectaccessreviews", spec);
        Assert.Equal(201, code);
        Assert.Equal(allowed, (bool)review["status"]!["allowed"]!);
    }

    [Fact]
    public async Task The_answer_says_why() => Assert.Equal(
        "RBAC: allowed by RoleBinding \"b/default\" of ClusterRole \"view\" to User \"bob\"",
        (string?)(await AskAsync("selfsubjectaccessreviews", """{"resourceAttributes":{"namespace":"default","verb":"list","resource":"pods"}}""")).Body["status"]!["reason"]);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"resourceAttributes":{},"nonResourceAttributes":{}}""")]
    public async Task A_question_is_about_one_thing(string spec) => Assert.Equal(422, (await AskAsync("selfsubjectaccessreviews", spec)).Code);

    [Fact]
    public async Task All_that_one_may_is_listed()
    {
        var status = (await AskAsync("selfsubjectrulesreviews", """{"namespace":"default"}""")).Body["status"]!;
        Assert.Contains(status["resourceRules"]!.AsArray(), static r => r!["resources"]!.ToJsonString().Contains("pods/log", StringComparison.Ordinal));
        Assert.Contains(status["nonResourceRules"]!.AsArray(), static r => r!["nonResourceURLs"]!.ToJsonString().Contains("/version", StringComparison.Ordinal));
        Assert.False((bool)status["incomplete"]!);
    }

    [Fact]
    public async Task Asking_about_others_needs_a_right_of_its_own()
    {
        const string Spec = """{"user":"bob","resourceAttributes":{"namespace":"default","verb":"list","resource":"pods"}}""";
        Assert.Equal(403, (await AskAsync("subjectaccessreviews", Spec)).Code);
        Assert.True((bool)(await server.PostAsync($"{Authorization}/subjectaccessreviews", $$"""{"spec":{{Spec}}}""")).Body["status"]!["allowed"]!);
        Assert.True((bool)(await server.PostAsync($"{Authorization}/namespaces/default/localsubjectaccessreviews", $$"""{"spec":{{Spec}}}""")).Body["status"]!["allowed"]!);
        Assert.Equal(422, (await server.PostAsync($"{Authorization}/namespaces/kube-system/localsubjectaccessreviews", $$"""{"spec":{{Spec}}}""")).Code);
        Assert.Equal(422, (await server.PostAsync($"{Authorization}/subjectaccessreviews", """{"spec":{"resourceAttributes":{"verb":"list"}}}""")).Code);
    }

    [Fact]
    public async Task An_administrator_acts_as_somebody_with_his_rights_and_no_others()
    {
        var user = await WhoAsync(server.Admin, ("Impersonate-User", "bob"), ("Impersonate-Group", "dev"), ("Impersonate-Uid", "7"), ("Impersonate-Extra-Acme.Com%2FProject", "x"));
        Assert.Equal(("bob", "7"), ((string?)user["username"], (string?)user["uid"]));
        Assert.Equal(["dev", "system:authenticated"], user["groups"]!.AsArray().Select(static g => (string?)g));
        Assert.Equal("x", (string?)user["extra"]!["acme.com/project"]![0]);
        Assert.Equal(200, (await AdminAsAsync("/api/v1/namespaces/default/pods", ("Impersonate-User", "bob"))).Code);
        Assert.Equal(403, (await AdminAsAsync("/api/v1/namespaces/kube-system/pods", ("Impersonate-User", "bob"))).Code);
        Assert.Equal(200, (await AdminAsAsync("/api/v1/namespaces/kube-system/pods", ("Impersonate-User", "bob"), ("Impersonate-Group", "system:masters"))).Code);
        Assert.Equal(["system:serviceaccounts", "system:serviceaccounts:a", "system:authenticated"], (await WhoAsync(server.Admin, ("Impersonate-User", "system:serviceaccount:a:b")))["groups"]!.AsArray().Select(static g => (string?)g));
    }

    [Fact]
    public async Task Nobody_acts_as_another_without_the_right_to()
    {
        var (code, body) = await TestServer.AskAsync(bob, HttpMethod.Get, "/version", headers: ("Impersonate-User", "admin"));
        Assert.Equal((403, "users \"admin\" is forbidden: User \"bob\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope"), (code, (string?)body["message"]));
        Assert.Equal(400, (await AdminAsAsync("/version", ("Impersonate-Group", "dev"))).Code);
        await server.PostAsync("/apis/rbac.authorization.k8s.io/v1/clusterroles", """{"metadata":{"name":"actor"},"rules":[{"verbs":["impersonate"],"apiGroups":[""],"resources":["users"],"resourceNames":["eve"]}]}""");
        await server.PostAsync("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", """{"metadata":{"name":"actor"},"roleRef":{"kind":"ClusterRole","name":"actor"},"subjects":[{"kind":"User","name":"bob"}]}""");
        Assert.Equal("eve", (string?)(await WhoAsync(bob, ("Impersonate-User", "eve")))["username"]);
        foreach (var more in ((string, string)[])[("Impersonate-Group", "system:masters"), ("Impersonate-Uid", "1"), ("Impersonate-Extra-a", "b")])
        {
            Assert.Equal(403, (await TestServer.AskAsync(bob, HttpMethod.Get, "/version", headers: [("Impersonate-User", "eve"), more])).Code);
        }
        Assert.Equal(403, (await TestServer.AskAsync(bob, HttpMethod.Get, "/version", headers: ("Impersonate-User", "mallory"))).Code);
    }

    private Task<(int Code, JsonObject Body)> AskAsync(string resource, string spec) =>
        TestServer.AskAsync(bob, HttpMethod.Post, $"{Authorization}/{resource}", $$"""{"spec":{{spec}}}""");

    private Task<(int Code, JsonObject Body)> AdminAsAsync(string path, params (string, string)[] headers) => TestServer.AskAsync(server.Admin, HttpMethod.Get, path, headers: headers);

    private static async Task<JsonNode> WhoAsync(HttpClient client, params (string, string)[] headers)
    {
        var (code, body) = await TestServer.AskAsync(client, HttpMethod.Post, WhoAmI, "{}", headers: headers);
        Assert.True(code == 201, body.ToJsonString());
        return body["status"]!["userInfo"]!;
    }
}
