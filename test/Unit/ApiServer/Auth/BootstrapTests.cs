using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.Unit.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.Auth;

public sealed class BootstrapTests : IAsyncLifetime
{
    private const string Requests = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
    private TestServer _server = null!;
    private HttpClient _node = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(kinds: KindList.All);
        await TokenAsync("abcdef", "usage-bootstrap-authentication: 'true', auth-extra-groups: 'system:bootstrappers:nodes'");
        _node = Bearer("abcdef.0123456789abcdef");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_node_asks_for_a_certificate_in_its_own_name_only()
    {
        (HttpStatusCode code, JsonObject csr) = await SendAsync(HttpMethod.Post, Requests, Request("a", ""","username":"admin","groups":["system:masters"],"uid":"x" """));
        Assert.Equal(HttpStatusCode.Created, code);
        Assert.Equal("system:bootstrap:abcdef", (string?)csr["spec"]!["username"]);
        Assert.Equal(["system:bootstrappers", "system:bootstrappers:nodes", "system:authenticated"], csr["spec"]!["groups"]!.AsArray().Select(static g => (string?)g));
        Assert.Null(csr["spec"]!["uid"]);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, $"{Requests}/a")).Code);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, $"{Requests}?fieldSelector=metadata.name%3Da")).Code);
    }

    [Fact]
    public async Task Anybody_may_read_cluster_info_and_nothing_beside_it()
    {
        Assert.Equal(201, (await _server.PostAsync("/api/v1/namespaces/kube-public/configmaps", """{"metadata":{"name":"cluster-info"},"data":{"kubeconfig":"x"}}""")).Code);
        Assert.Equal(201, (await _server.PostAsync("/api/v1/namespaces/kube-public/configmaps", """{"metadata":{"name":"other"}}""")).Code);
        using HttpClient stranger = _server.Client(null);
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/api/v1/namespaces/kube-public/configmaps/cluster-info")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.DeleteAsync("/api/v1/namespaces/kube-public/configmaps/cluster-info")).StatusCode);
        foreach (string path in (string[])["/api/v1/namespaces/kube-public/configmaps/other", "/api/v1/namespaces/kube-public/configmaps", "/api/v1/namespaces/kube-system/configmaps/cluster-info"])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync(path)).StatusCode);
        }
    }

    [Theory]
    [InlineData("GET", "/api/v1/namespaces/kube-system/secrets")]
    [InlineData("GET", "/api/v1/namespaces/kube-system/secrets/bootstrap-token-abcdef")]
    [InlineData("GET", "/api/v1/pods")]
    [InlineData("GET", Requests)]
    [InlineData("GET", Requests + "/foreign")]
    [InlineData("GET", Requests + "?watch=true&fieldSelector=metadata.name%3Dforeign")]
    [InlineData("GET", "/apis/certificates.k8s.io/v1/watch/certificatesigningrequests/foreign")]
    [InlineData("DELETE", Requests + "/foreign")]
    [InlineData("PATCH", Requests + "/foreign/approval")]
    [InlineData("POST", "/api/v1/namespaces/default/pods")]
    [InlineData("GET", "/metrics")]
    public async Task It_may_do_nothing_else(string method, string path)
    {
        Assert.Equal(201, (await _server.PostAsync(Requests, Request("foreign"))).Code);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(new HttpMethod(method), path)).Code);
    }

    [Fact]
    public async Task A_refusal_names_verb_and_resource() => Assert.Equal(
        "pods is forbidden: User \"system:bootstrap:abcdef\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\"",
        (string?)(await SendAsync(HttpMethod.Get, "/api/v1/namespaces/default/pods")).Body["message"]);

    [Theory]
    [InlineData("/version")]
    [InlineData("/apis")]
    [InlineData("/api/v1")]
    public async Task It_may_see_what_there_is(string path) => Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, path)).Code);

    [Theory]
    [InlineData("aaaaaa.0123456789abcdef")]
    [InlineData("abcdef.0123456789abcdeX")]
    [InlineData("abcdef.0123456789abcde0")]
    [InlineData("abcdef")]
    [InlineData("eyJhbGciOiJub25lIn0.e30.")]
    public async Task A_wrong_token_is_nobody(string token)
    {
        _node = Bearer(token);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(HttpMethod.Get, "/version")).Code);
    }

    [Theory]
    [InlineData("usage-bootstrap-authentication: 'true', expiration: '2020-01-01T00:00:00Z'")]
    [InlineData("usage-bootstrap-authentication: 'true', expiration: soon")]
    [InlineData("usage-bootstrap-authentication: 'false'")]
    [InlineData("usage-bootstrap-signing: 'true'")]
    [InlineData("usage-bootstrap-authentication: 'true', auth-extra-groups: 'system:masters'")]
    public async Task A_token_that_is_over_or_for_something_else_is_nobodys(string fields)
    {
        await TokenAsync("ghijkl", fields);
        _node = Bearer("ghijkl.0123456789abcdef");
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(HttpMethod.Get, Requests + "/a")).Code);
    }

    [Fact]
    public async Task Approval_and_certificate_have_their_own_ways_in()
    {
        await SendAsync(HttpMethod.Post, Requests, Request("a"));
        const string Both = """{"spec":{"signerName":"other/x"},"status":{"certificate":"eA==","conditions":[{"type":"Approved","status":"True","reason":"r"}]}}""";
        (_, JsonObject plain) = await _server.SendAsync(HttpMethod.Patch, $"{Requests}/a", Both, "application/merge-patch+json");
        Assert.Null(plain["status"]?["conditions"]);
        (_, JsonObject issued) = await _server.SendAsync(HttpMethod.Patch, $"{Requests}/a/status", Both, "application/merge-patch+json");
        Assert.Equal((null, "eA=="), (issued["status"]!["conditions"], (string?)issued["status"]!["certificate"]));
        (int code, JsonObject approved) = await _server.SendAsync(HttpMethod.Patch, $"{Requests}/a/approval", Both.Replace("eA==", "eQ==", StringComparison.Ordinal), "application/merge-patch+json");
        Assert.Equal(200, code);
        Assert.Equal("eA==", (string?)approved["status"]!["certificate"]);
        Assert.NotNull(approved["status"]!["conditions"]![0]!["lastUpdateTime"]);
        Assert.Equal("kubernetes.io/kube-apiserver-client-kubelet", (string?)approved["spec"]!["signerName"]);
        (int denied, JsonObject status) = await _server.SendAsync(HttpMethod.Patch, $"{Requests}/a/approval", """{"status":{"conditions":[{"type":"Denied","status":"True"}]}}""", "application/merge-patch+json");
        Assert.Equal(422, denied);
        Assert.Contains("updates may not remove a condition of type \"Approved\"", (string?)status["message"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"request\":\"eA==\"", "spec.request")]
    [InlineData("\"usages\":[\"everything\"]", "spec.usages[0]")]
    [InlineData("\"usages\":[]", "spec.usages")]
    [InlineData("\"signerName\":\"mine\"", "spec.signerName")]
    [InlineData("\"expirationSeconds\":60", "spec.expirationSeconds")]
    public async Task A_bad_request_for_a_certificate_is_refused(string field, string fault)
    {
        (int code, JsonObject status) = await _server.PostAsync(Requests, Changed(field));
        Assert.Equal(422, code);
        Assert.Equal(fault, (string?)status["details"]!["causes"]![0]!["field"]);
    }

    private static string Changed(string field)
    {
        JsonObject csr = JsonNode.Parse(Request("a"))!.AsObject();
        JsonObject change = JsonNode.Parse($"{{{field}}}")!.AsObject();
        foreach ((string name, JsonNode? value) in change.ToArray())
        {
            csr["spec"]![name] = value!.DeepClone();
        }

        return csr.ToJsonString();
    }

    private static string Request(string name, string more = "")
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string pem = new CertificateRequest("CN=system:node:n, O=system:nodes", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
        return $$"""
            {"apiVersion":"certificates.k8s.io/v1","kind":"CertificateSigningRequest","metadata":{"name":"{{name}}"},
             "spec":{"request":"{{Convert.ToBase64String(Encoding.ASCII.GetBytes(pem))}}","signerName":"kubernetes.io/kube-apiserver-client-kubelet","usages":["digital signature","client auth"]{{more}} } }
            """;
    }

    private async Task TokenAsync(string id, string fields)
    {
        (int code, _) = await _server.SendAsync(HttpMethod.Post, "/api/v1/namespaces/kube-system/secrets",
            $"{{metadata: {{name: bootstrap-token-{id}}}, type: bootstrap.kubernetes.io/token, stringData: {{token-id: {id}, token-secret: 0123456789abcdef, {fields}}}}}", "application/yaml");
        Assert.Equal(201, code);
    }

    private HttpClient Bearer(string token)
    {
        HttpClient client = _server.Client(null);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private async Task<(HttpStatusCode Code, JsonObject Body)> SendAsync(HttpMethod method, string path, string? body = null)
    {
        using HttpRequestMessage request = new(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using HttpResponseMessage answer = await _node.SendAsync(request);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject());
    }
}
