using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.Unit.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.Access;

/// <summary>Roles and bindings as users meet them.</summary>
public sealed class RoleTests : IAsyncLifetime
{
    private const string Rbac = "/apis/rbac.authorization.k8s.io/v1";
    private const string Default = Rbac + "/namespaces/default";
    private const string Core = "/api/v1/namespaces/default";
    private TestServer server = null!;
    private HttpClient bob = null!;

    public async ValueTask InitializeAsync()
    {
        server = await TestServer.StartAsync(kinds: KindList.All);
        bob = server.User("bob", "dev");
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Without_a_role_nobody_may_anything_but_look_at_what_there_is()
    {
        var (code, body) = await BobAsync("GET", $"{Core}/pods");
        Assert.Equal((403, "pods is forbidden: User \"bob\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\""), (code, (string?)body["message"]));
        Assert.Equal(("Forbidden", "pods"), ((string?)body["reason"], (string?)body["details"]!["kind"]));
        Assert.Equal("deployments.apps \"web\" is forbidden: User \"bob\" cannot patch resource \"deployments/scale\" in API group \"apps\" in the namespace \"default\"",
            (string?)(await BobAsync("PATCH", "/apis/apps/v1/namespaces/default/deployments/web/scale", "{}")).Body["message"]);
        Assert.Equal("nodes is forbidden: User \"bob\" cannot list resource \"nodes\" in API group \"\" at the cluster scope", (string?)(await BobAsync("GET", "/api/v1/nodes")).Body["message"]);
        Assert.Equal("forbidden: User \"bob\" cannot get path \"/metrics\"", (string?)(await BobAsync("GET", "/metrics")).Body["message"]);
        foreach (var open in (string[])["/api", "/apis", "/apis/apps/v1", "/openapi/v3", "/version", "/healthz"])
        {
            Assert.Equal(200, (await BobAsync("GET", open)).Code);
        }
    }

    [Fact]
    public async Task What_does_not_exist_is_hidden_from_who_may_not_ask()
    {
        Assert.Equal(403, (await BobAsync("GET", "/apis/example.com/v1/things")).Code);
        Assert.Equal(404, (await server.GetAsync("/apis/example.com/v1/things")).Code);
    }

    [Fact]
    public async Task A_binding_counts_at_once_where_it_is_and_ends_with_it()
    {
        await BindAsync("readers", "view", "User", "bob");
        Assert.Equal(200, (await BobAsync("GET", $"{Core}/pods")).Code);
        Assert.Equal(200, (await BobAsync("GET", "/api/v1/namespaces/default")).Code);
        Assert.Equal(403, (await BobAsync("GET", $"{Core}/secrets")).Code);
        Assert.Equal(403, (await BobAsync("GET", "/api/v1/namespaces/kube-system/pods")).Code);
        Assert.Equal(403, (await BobAsync("GET", "/api/v1/pods")).Code);
        Assert.Equal(200, (await server.DeleteAsync($"{Default}/rolebindings/readers")).Code);
        Assert.Equal(403, (await BobAsync("GET", $"{Core}/pods")).Code);
    }

    [Fact]
    public async Task A_group_a_ServiceAccount_and_a_cluster_wide_binding_count()
    {
        await BindAsync("devs", "edit", "Group", "dev");
        Assert.Equal(201, (await BobAsync("POST", $"{Core}/configmaps", """{"metadata":{"name":"mine"}}""")).Code);
        Assert.Equal(201, (await server.PostAsync($"{Rbac}/clusterrolebindings", """{"metadata":{"name":"everywhere"},"roleRef":{"kind":"ClusterRole","name":"view"},"subjects":[{"kind":"Group","name":"dev"}]}""")).Code);
        Assert.Equal(200, (await BobAsync("GET", "/api/v1/pods")).Code);
        Assert.Equal(403, (await BobAsync("GET", "/api/v1/secrets")).Code);
    }

    [Fact]
    public async Task Names_in_a_role_hold_for_lists_by_name()
    {
        await RoleAsync("one", """{"verbs":["get","list","watch"],"apiGroups":[""],"resources":["configmaps"],"resourceNames":["a"]}""");
        await BindAsync("one", "one", "User", "bob", "Role");
        Assert.Equal(404, (await BobAsync("GET", $"{Core}/configmaps/a")).Code);
        Assert.Equal(403, (await BobAsync("GET", $"{Core}/configmaps/b")).Code);
        Assert.Equal(403, (await BobAsync("GET", $"{Core}/configmaps")).Code);
        Assert.Equal(200, (await BobAsync("GET", $"{Core}/configmaps?fieldSelector=metadata.name%3Da")).Code);
        Assert.Equal(403, (await BobAsync("GET", $"{Core}/configmaps?fieldSelector=metadata.name!%3Da")).Code);
    }

    [Fact]
    public async Task The_role_of_a_binding_stays()
    {
        await BindAsync("b", "view", "User", "bob");
        var (code, body) = await server.SendAsync(HttpMethod.Patch, $"{Default}/rolebindings/b", """{"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"admin"}}""", "application/merge-patch+json");
        Assert.Equal(422, code);
        Assert.Contains("cannot change roleRef", (string?)body["message"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("roles", """{"rules":[{"verbs":[],"apiGroups":[""],"resources":["pods"]}]}""", "rules[0].verbs: Required value: verbs must contain at least one value")]
    [InlineData("roles", """{"rules":[{"verbs":["get"],"resources":["pods"]}]}""", "rules[0].apiGroups: Required value: resource rules must supply at least one api group")]
    [InlineData("roles", """{"rules":[{"verbs":["get"],"nonResourceURLs":["/x"]}]}""", "namespaced rules cannot apply to non-resource URLs")]
    [InlineData("rolebindings", """{"roleRef":{"kind":"Thing","name":"x"}}""", "roleRef.kind: Unsupported value: \"Thing\": supported values: \"Role\", \"ClusterRole\"")]
    [InlineData("rolebindings", """{"roleRef":{"kind":"Role","name":"x"},"subjects":[{"kind":"ServiceAccount","name":"x"}]}""", "subjects[0].namespace: Required value")]
    [InlineData("rolebindings", """{"roleRef":{"kind":"Role","name":"a/b"}}""", "roleRef.name: Invalid value: \"a/b\": may not contain '/'")]
    public async Task What_makes_no_sense_is_refused(string resource, string body, string why)
    {
        var sent = JsonNode.Parse(body)!.AsObject();
        sent["metadata"] = new JsonObject { ["name"] = "x:y" };
        var (code, answer) = await server.PostAsync($"{Default}/{resource}", sent.ToJsonString());
        Assert.Equal(422, code);
        Assert.Contains(why, (string?)answer["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_grants_what_he_does_not_hold()
    {
        await BindAsync("bob", "admin", "User", "bob");
        const string Pods = """{"metadata":{"name":"r"},"rules":[{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}]}""";
        Assert.Equal(201, (await BobAsync("POST", $"{Default}/roles", Pods)).Code);
        var (code, body) = await BobAsync("POST", $"{Default}/roles", """{"metadata":{"name":"s"},"rules":[{"verbs":["get","list"],"apiGroups":[""],"resources":["nodes","pods"]}]}""");
        Assert.Equal((403, "roles.rbac.authorization.k8s.io \"s\" is forbidden: user \"bob\" (groups=[\"dev\" \"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[\"\"], Resources:[\"nodes\"], Verbs:[\"get\" \"list\"]}"), (code, (string?)body["message"]));
        Assert.Equal(403, (await BobAsync("PUT", $"{Default}/roles/r", Pods.Replace("pods", "*", StringComparison.Ordinal))).Code);
        Assert.Equal(403, (await BobAsync("POST", $"{Default}/rolebindings", """{"metadata":{"name":"up"},"roleRef":{"kind":"ClusterRole","name":"cluster-admin"},"subjects":[{"kind":"User","name":"bob"}]}""")).Code);
        Assert.Equal(201, (await BobAsync("POST", $"{Default}/rolebindings", """{"metadata":{"name":"down"},"roleRef":{"kind":"ClusterRole","name":"view"},"subjects":[{"kind":"User","name":"eve"}]}""")).Code);
        Assert.Equal(404, (await BobAsync("POST", $"{Default}/rolebindings", """{"metadata":{"name":"none"},"roleRef":{"kind":"Role","name":"none"}}""")).Code);
        Assert.Equal(403, (await BobAsync("POST", $"{Rbac}/clusterroles", Pods)).Code);
    }

    [Fact]
    public async Task Who_may_escalate_or_bind_may()
    {
        await RoleAsync("granter", """{"verbs":["create","escalate"],"apiGroups":["rbac.authorization.k8s.io"],"resources":["roles"]},{"verbs":["create"],"apiGroups":["rbac.authorization.k8s.io"],"resources":["rolebindings"]},{"verbs":["bind"],"apiGroups":["rbac.authorization.k8s.io"],"resources":["clusterroles"],"resourceNames":["admin"]}""");
        await BindAsync("granter", "granter", "User", "bob", "Role");
        Assert.Equal(201, (await BobAsync("POST", $"{Default}/roles", """{"metadata":{"name":"r"},"rules":[{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}]}""")).Code);
        Assert.Equal(201, (await BobAsync("POST", $"{Default}/rolebindings", """{"metadata":{"name":"a"},"roleRef":{"kind":"ClusterRole","name":"admin"},"subjects":[]}""")).Code);
        Assert.Equal(403, (await BobAsync("POST", $"{Default}/rolebindings", """{"metadata":{"name":"b"},"roleRef":{"kind":"ClusterRole","name":"cluster-admin"},"subjects":[]}""")).Code);
    }

    [Fact]
    public async Task Rules_are_gathered_by_labels_and_go_again()
    {
        var edit = (await server.GetAsync($"{Rbac}/clusterroles/edit")).Body;
        Assert.Contains(edit["rules"]!.AsArray(), static r => r!["resources"]!.ToJsonString().Contains("deployments/scale", StringComparison.Ordinal));
        Assert.Contains(edit["rules"]!.AsArray(), static r => r!["resources"]!.ToJsonString().Contains("pods/log", StringComparison.Ordinal));
        await server.PostAsync($"{Rbac}/clusterroles", """{"metadata":{"name":"things","labels":{"rbac.authorization.k8s.io/aggregate-to-view":"true"}},"rules":[{"verbs":["get"],"apiGroups":["example.com"],"resources":["things"]}]}""");
        await UntilAsync(async () => (await RulesAsync("admin")).Contains("example.com", StringComparison.Ordinal));
        await server.DeleteAsync($"{Rbac}/clusterroles/things");
        await UntilAsync(async () => !(await RulesAsync("admin")).Contains("example.com", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_may_only_patch_does_not_make_by_applying()
    {
        const string Map = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"v"}}""";
        await RoleAsync("patcher", """{"verbs":["patch"],"apiGroups":[""],"resources":["configmaps"]}""");
        await BindAsync("patcher", "patcher", "User", "bob", "Role");
        Assert.Equal(403, await ApplyAsync());
        await server.PostAsync($"{Core}/configmaps", """{"metadata":{"name":"a"}}""");
        Assert.Equal(200, await ApplyAsync());

        async Task<int> ApplyAsync() => (await TestServer.AskAsync(bob, HttpMethod.Patch, $"{Core}/configmaps/a?fieldManager=t", Map, "application/apply-patch+yaml")).Code;
    }

    [Fact]
    public async Task A_certificate_is_approved_by_who_was_given_its_signer()
    {
        const string Requests = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
        const string Approved = """{"status":{"conditions":[{"type":"Approved","status":"True","reason":"r"}]}}""";
        await server.PostAsync(Requests, Signing("a", "example.com/one"));
        await server.PostAsync(Requests, Signing("b", "other.com/one"));
        await server.PostAsync($"{Rbac}/clusterroles", """{"metadata":{"name":"approver"},"rules":[{"verbs":["get","patch"],"apiGroups":["certificates.k8s.io"],"resources":["certificatesigningrequests/approval"]},{"verbs":["approve"],"apiGroups":["certificates.k8s.io"],"resources":["signers"],"resourceNames":["example.com/*"]}]}""");
        await server.PostAsync($"{Rbac}/clusterrolebindings", """{"metadata":{"name":"approver"},"roleRef":{"kind":"ClusterRole","name":"approver"},"subjects":[{"kind":"User","name":"bob"}]}""");
        Assert.Equal(200, (await BobAsync("PATCH", $"{Requests}/a/approval", Approved)).Code);
        var (code, body) = await BobAsync("PATCH", $"{Requests}/b/approval", Approved);
        Assert.Equal((403, "certificatesigningrequests.certificates.k8s.io \"b\" is forbidden: user not permitted to approve requests with signerName \"other.com/one\""), (code, (string?)body["message"]));
    }

    private static string Signing(string name, string signer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = Convert.ToBase64String(Encoding.ASCII.GetBytes(new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256).CreateSigningRequestPem()));
        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject { ["signerName"] = signer, ["request"] = pem, ["usages"] = new JsonArray("client auth") },
        }.ToJsonString();
    }

    [Fact]
    public async Task Tables_show_what_kubectl_shows()
    {
        await BindAsync("b", "view", "User", "bob");
        var (_, table) = await server.SendAsync(HttpMethod.Get, $"{Default}/rolebindings", null, accept: "application/json;as=Table;v=v1;g=meta.k8s.io");
        Assert.Equal(["Name", "Role", "Age", "Users", "Groups", "ServiceAccounts"], table["columnDefinitions"]!.AsArray().Select(static c => (string?)c!["name"]));
        Assert.Equal(["b", "ClusterRole/view", "bob"], new[] { 0, 1, 3 }.Select(i => (string?)table["rows"]![0]!["cells"]![i]));
    }

    private async Task<string> RulesAsync(string role) => (await server.GetAsync($"{Rbac}/clusterroles/{role}")).Body["rules"]!.ToJsonString();

    private static async Task UntilAsync(Func<Task<bool>> met)
    {
        for (var since = Stopwatch.StartNew(); !await met(); await Task.Delay(10))
        {
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(20));
        }
    }

    private Task<(int Code, JsonObject Body)> BobAsync(string method, string path, string? body = null) =>
        TestServer.AskAsync(bob, new HttpMethod(method), path, body, method == "PATCH" ? "application/merge-patch+json" : "application/json");

    private async Task RoleAsync(string name, string rules) =>
        Assert.Equal(201, (await server.PostAsync($"{Default}/roles", $$"""{"metadata":{"name":"{{name}}"},"rules":[{{rules}}]}""")).Code);

    private async Task BindAsync(string name, string role, string kind, string subject, string of = "ClusterRole") =>
        Assert.Equal(201, (await server.PostAsync($"{Default}/rolebindings", $$"""{"metadata":{"name":"{{name}}"},"roleRef":{"kind":"{{of}}","name":"{{role}}"},"subjects":[{"kind":"{{kind}}","name":"{{subject}}"}]}""")).Code);
}
