using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.Unit.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.Access;

/// <summary>What a node's agent may, and above all may not.</summary>
public sealed class NodeAccessTests : IAsyncLifetime
{
    private const string Core = "/api/v1/namespaces/default";
    private const string Gateways = "/apis/gateway.networking.k8s.io/v1/namespaces";
    private TestServer server = null!;
    private HttpClient node = null!;

    public async ValueTask InitializeAsync()
    {
        server = await TestServer.StartAsync(kinds: KindList.All);
        node = server.User("system:node:a", "system:nodes");
        foreach (var name in (string[])["a", "b"])
        {
            await MadeAsync("/api/v1/nodes", $$$$"""{"metadata":{"name":"{{{{name}}}}"}}""");
            await MadeAsync($"{Core}/pods", $$$$"""{"metadata":{"name":"on-{{{{name}}}}"},"spec":{"nodeName":"{{{{name}}}}","volumes":[{"name":"v","secret":{"secretName":"of-{{{{name}}}}"}}],"containers":[{"name":"c","image":"i","envFrom":[{"configMapRef":{"name":"env-{{{{name}}}}"}}]}]}}""");
            await MadeAsync($"{Core}/secrets", $$$$"""{"metadata":{"name":"of-{{{{name}}}}"}}""");
            await MadeAsync($"{Core}/configmaps", $$$$"""{"metadata":{"name":"env-{{{{name}}}}"}}""");
        }
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("GET", Core + "/secrets/of-a", 200)]
    [InlineData("GET", Core + "/secrets/of-b", 403)]
    [InlineData("GET", Core + "/secrets", 403)]
    [InlineData("GET", Core + "/secrets?fieldSelector=metadata.name%3Dof-a", 200)]
    [InlineData("GET", "/api/v1/secrets", 403)]
    [InlineData("GET", "/api/v1/namespaces/kube-system/secrets/of-a", 403)]
    [InlineData("DELETE", Core + "/secrets/of-a", 403)]
    [InlineData("GET", Core + "/configmaps/env-a", 200)]
    [InlineData("GET", Core + "/configmaps/env-b", 403)]
    [InlineData("GET", Core + "/pods/on-a", 200)]
    [InlineData("GET", Core + "/pods/on-b", 403)]
    [InlineData("GET", "/api/v1/pods", 200)]
    [InlineData("GET", "/api/v1/pods?fieldSelector=spec.nodeName%3Da", 200)]
    [InlineData("DELETE", Core + "/pods/on-b", 403)]
    [InlineData("DELETE", Core + "/pods", 403)]
    [InlineData("GET", "/api/v1/nodes", 200)]
    [InlineData("GET", "/api/v1/nodes/a", 200)]
    [InlineData("DELETE", "/api/v1/nodes/a", 403)]
    [InlineData("DELETE", "/api/v1/nodes/b", 403)]
    [InlineData("GET", "/api/v1/services", 200)]
    [InlineData("GET", "/apis/discovery.k8s.io/v1/endpointslices", 200)]
    [InlineData("GET", "/apis/networking.k8s.io/v1/ingresses", 200)]
    [InlineData("GET", "/apis/gateway.networking.k8s.io/v1/httproutes", 200)]
    [InlineData("GET", "/api/v1/namespaces", 200)]
    [InlineData("GET", "/apis/networking.k8s.io/v1/networkpolicies", 200)]
    [InlineData("DELETE", "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies", 403)]
    [InlineData("GET", "/apis/policy.networking.k8s.io/v1alpha2/clusternetworkpolicies", 200)]
    [InlineData("GET", "/apis/rbac.authorization.k8s.io/v1/clusterroles", 403)]
    [InlineData("GET", "/apis/apps/v1/deployments", 403)]
    [InlineData("GET", "/metrics", 403)]
    public async Task It_reads_and_deletes_what_is_its_nodes(string method, string path, int code) => Assert.Equal(code, (await AskAsync(method, path)).Code);

    [Fact]
    public async Task A_refusal_says_what_is_missing()
    {
        Assert.Equal("secrets \"of-b\" is forbidden: User \"system:node:a\" cannot get resource \"secrets\" in API group \"\" in the namespace \"default\": no relationship found between node 'a' and this object", (string?)(await AskAsync("GET", $"{Core}/secrets/of-b")).Body["message"]);
        Assert.EndsWith(": no relationship found between node 'a' and this object", (string?)(await AskAsync("GET", $"{Core}/pods/on-b")).Body["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_follows_pods_that_come_and_go()
    {
        await MadeAsync($"{Core}/secrets", """{"metadata":{"name":"later"}}""");
        Assert.Equal(403, (await AskAsync("GET", $"{Core}/secrets/later")).Code);
        await MadeAsync($"{Core}/pods", """{"metadata":{"name":"later"},"spec":{"nodeName":"a","imagePullSecrets":[{"name":"later"}],"containers":[{"name":"c","image":"i"}]}}""");
        Assert.Equal(200, (await AskAsync("GET", $"{Core}/secrets/later")).Code);
        Assert.Equal(200, (await server.DeleteAsync($"{Core}/pods/later?gracePeriodSeconds=0")).Code);
        Assert.Equal(403, (await AskAsync("GET", $"{Core}/secrets/later")).Code);
    }

    [Fact]
    public async Task It_writes_its_own_node_and_pods_and_only_their_status()
    {
        const string Phase = """{"status":{"phase":"Running"}}""";
        Assert.Equal(200, (await AskAsync("PATCH", $"{Core}/pods/on-a/status", Phase)).Code);
        Assert.Equal(403, (await AskAsync("PATCH", $"{Core}/pods/on-b/status", Phase)).Code);
        Assert.Equal(403, (await AskAsync("PATCH", $"{Core}/pods/on-a", """{"metadata":{"labels":{"x":"y"}}}""")).Code);
        var (code, body) = await AskAsync("PATCH", $"{Core}/pods/on-a/status", """{"metadata":{"labels":{"x":"y"}}}""");
        Assert.Equal((403, "pods \"on-a\" is forbidden: node \"a\" cannot update labels through pod status"), (code, (string?)body["message"]));
        Assert.Equal(200, (await AskAsync("PATCH", "/api/v1/nodes/a/status", """{"status":{"phase":"Running"}}""")).Code);
        Assert.Equal(403, (await AskAsync("PATCH", "/api/v1/nodes/b/status", """{"status":{"phase":"Running"}}""")).Code);
        Assert.Equal(403, (await AskAsync("PATCH", "/api/v1/nodes/b", """{"metadata":{"labels":{"x":"y"}}}""")).Code);
        Assert.Equal(200, (await AskAsync("PATCH", "/api/v1/nodes/a", """{"metadata":{"labels":{"x":"y","kubernetes.io/hostname":"a"}}}""")).Code);
        foreach (var change in (string[])["""{"metadata":{"labels":{"node-restriction.kubernetes.io/x":"y"}}}""", """{"metadata":{"labels":{"node-role.kubernetes.io/control-plane":""}}}""", """{"spec":{"taints":[{"key":"k","effect":"NoSchedule"}]}}"""])
        {
            Assert.Equal(403, (await AskAsync("PATCH", "/api/v1/nodes/a", change)).Code);
        }
        Assert.Equal(403, (await AskAsync("POST", "/api/v1/nodes", """{"metadata":{"name":"c"}}""")).Code);
        Assert.Equal(201, (await AskAsync("POST", $"{Core}/pods/on-a/eviction", """{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"on-a"}}""")).Code);
        Assert.Equal(403, (await AskAsync("POST", $"{Core}/pods/on-b/eviction", """{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"on-b"}}""")).Code);
    }

    [Fact]
    public async Task It_makes_mirror_pods_that_refer_to_nothing()
    {
        Assert.Equal(403, (await AskAsync("POST", $"{Core}/pods", """{"metadata":{"name":"p"},"spec":{"nodeName":"a","containers":[{"name":"c","image":"i"}]}}""")).Code);
        Assert.Equal(201, (await AskAsync("POST", $"{Core}/pods", Mirror("static", "a", ""))).Code);
        Assert.Equal(403, (await AskAsync("POST", $"{Core}/pods", Mirror("other", "b", ""))).Code);
        Assert.Equal(403, (await AskAsync("POST", $"{Core}/pods", Mirror("greedy", "a", ""","volumes":[{"name":"v","secret":{"secretName":"of-b"}}]"""))).Code);
        Assert.Equal(403, (await AskAsync("GET", $"{Core}/secrets/of-b")).Code);
    }

    [Fact]
    public async Task It_has_one_lease()
    {
        const string Leases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
        Assert.Equal(201, (await AskAsync("POST", Leases, """{"metadata":{"name":"a"}}""")).Code);
        Assert.Equal(403, (await AskAsync("POST", Leases, """{"metadata":{"name":"b"}}""")).Code);
        Assert.Equal(200, (await AskAsync("GET", $"{Leases}/a")).Code);
        Assert.Equal(403, (await AskAsync("GET", $"{Leases}/b")).Code);
        Assert.Equal(403, (await AskAsync("POST", "/apis/coordination.k8s.io/v1/namespaces/default/leases", """{"metadata":{"name":"a"}}""")).Code);
    }

    /// <summary>Upstream's kubelet does all of it before its node is ready.</summary>
    [Fact]
    public async Task A_kubelet_reads_drivers_has_one_CSINode_and_lets_the_server_judge_its_clients()
    {
        const string Storage = "/apis/storage.k8s.io/v1";
        Assert.Equal(200, (await AskAsync("GET", $"{Storage}/csidrivers")).Code);
        Assert.Equal(403, (await AskAsync("POST", $"{Storage}/csidrivers", """{"metadata":{"name":"d"},"spec":{}}""")).Code);
        Assert.Equal(201, (await AskAsync("POST", $"{Storage}/csinodes", """{"metadata":{"name":"a"},"spec":{"drivers":[]}}""")).Code);
        Assert.Equal(200, (await AskAsync("GET", $"{Storage}/csinodes/a")).Code);
        var (code, body) = await AskAsync("POST", $"{Storage}/csinodes", """{"metadata":{"name":"b"},"spec":{"drivers":[]}}""");
        Assert.Equal((403, "csinodes.storage.k8s.io \"b\" is forbidden: can only access CSINode with the same name as the requesting node"), (code, (string?)body["message"]));
        Assert.Equal(403, (await AskAsync("GET", $"{Storage}/csinodes/b")).Code);
        Assert.Equal(403, (await AskAsync("GET", $"{Storage}/csinodes")).Code);
        Assert.Equal(201, (await AskAsync("POST", "/apis/authentication.k8s.io/v1/tokenreviews", """{"spec":{"token":"none"}}""")).Code);
        Assert.Equal(201, (await AskAsync("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", """{"spec":{"user":"system:node:b","resourceAttributes":{"verb":"get","resource":"nodes","name":"b"}}}""")).Code);
        Assert.Equal(200, (await AskAsync("GET", "/apis/certificates.k8s.io/v1/certificatesigningrequests")).Code);
    }

    [Fact]
    public async Task It_gets_tokens_for_its_pods_and_bound_to_them()
    {
        await MadeAsync($"{Core}/serviceaccounts", """{"metadata":{"name":"default"}}""");
        await MadeAsync($"{Core}/serviceaccounts", """{"metadata":{"name":"other"}}""");
        var (mine, foreign) = (await UidAsync("on-a"), await UidAsync("on-b"));
        Assert.Equal(201, (await TokenAsync("default", "on-a", mine)).Code);
        Assert.Equal(403, (await TokenAsync("default", "on-b", foreign)).Code);
        Assert.Equal(403, (await TokenAsync("default", "on-a", "")).Code);
        Assert.Equal(403, (await AskAsync("POST", $"{Core}/serviceaccounts/default/token", """{"spec":{}}""")).Code);
        Assert.Equal(403, (await TokenAsync("other", "on-a", mine)).Code);
    }

    [Fact]
    public async Task What_its_gateway_serves_from_it_may_read()
    {
        foreach (var name in (string[])["tls", "users", "far", "unused"])
        {
            await MadeAsync($"/api/v1/namespaces/{(name == "far" ? "kube-public" : "default")}/secrets", $$$$"""{"metadata":{"name":"{{{{name}}}}"}}""");
        }
        await MadeAsync("/apis/networking.k8s.io/v1/namespaces/default/ingresses", """{"metadata":{"name":"i","annotations":{"nginx.ingress.kubernetes.io/auth-secret":"users"}},"spec":{"tls":[{"secretName":"tls"}],"defaultBackend":{"service":{"name":"s","port":{"number":80}}}}}""");
        await MadeAsync($"{Gateways}/default/gateways", """{"metadata":{"name":"g"},"spec":{"gatewayClassName":"c","listeners":[{"name":"l","port":443,"protocol":"HTTPS","tls":{"certificateRefs":[{"name":"far","namespace":"kube-public"}]}}]}}""");
        foreach (var (secret, code) in ((string, int)[])[($"{Core}/secrets/tls", 200), ($"{Core}/secrets/users", 200), ($"{Core}/secrets/unused", 403), ("/api/v1/namespaces/kube-public/secrets/far", 403)])
        {
            Assert.Equal(code, await CodeAsync(secret));
        }
        await MadeAsync("/apis/gateway.networking.k8s.io/v1beta1/namespaces/kube-public/referencegrants", """{"metadata":{"name":"r"},"spec":{"from":[{"group":"gateway.networking.k8s.io","kind":"Gateway","namespace":"default"}],"to":[{"group":"","kind":"Secret"}]}}""");
        Assert.Equal(200, await CodeAsync("/api/v1/namespaces/kube-public/secrets/far"));
        await server.DeleteAsync("/apis/networking.k8s.io/v1/namespaces/default/ingresses/i");
        Assert.Equal(403, await CodeAsync($"{Core}/secrets/tls"));
    }

    [Fact]
    public async Task A_nodes_name_alone_makes_no_node()
    {
        using var stranger = server.User("system:node:a", "people");
        Assert.Equal(403, (await TestServer.AskAsync(stranger, HttpMethod.Get, "/api/v1/nodes/a")).Code);
        using var nameless = server.User("a", "system:nodes");
        Assert.Equal(403, (await TestServer.AskAsync(nameless, HttpMethod.Get, $"{Core}/pods/on-a")).Code);
    }

    private static string Mirror(string name, string on, string more) => $$$$"""
        {"metadata":{"name":"{{{{name}}}}","annotations":{"kubernetes.io/config.mirror":"x"},"ownerReferences":[{"apiVersion":"v1","kind":"Node","name":"{{{{on}}}}","uid":"u"}]},
         "spec":{"nodeName":"{{{{on}}}}","automountServiceAccountToken":false,"containers":[{"name":"c","image":"i"}]{{{{more}}}}}}
        """;

    private Task<(int Code, JsonObject Body)> TokenAsync(string account, string pod, string uid) =>
        AskAsync("POST", $"{Core}/serviceaccounts/{account}/token", $$$$"""{"spec":{"boundObjectRef":{"apiVersion":"v1","kind":"Pod","name":"{{{{pod}}}}","uid":"{{{{uid}}}}"}}}""");

    private async Task<string> UidAsync(string pod) => (string)(await server.GetAsync($"{Core}/pods/{pod}")).Body["metadata"]!["uid"]!;

    private async Task<int> CodeAsync(string path) => (await AskAsync("GET", path)).Code;

    private Task<(int Code, JsonObject Body)> AskAsync(string method, string path, string? body = null) =>
        TestServer.AskAsync(node, new HttpMethod(method), path, body, method == "PATCH" ? "application/merge-patch+json" : "application/json");

    private async Task MadeAsync(string path, string body)
    {
        var (code, answer) = await server.PostAsync(path, body);
        Assert.True(code == 201, answer.ToJsonString());
    }
}
