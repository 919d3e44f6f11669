using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Tokens;
using Vitrine.Unit.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.Tokens;

/// <summary>ServiceAccount tokens from their making to their end.</summary>
public sealed class TokenTests : IAsyncLifetime
{
    private const string Core = "/api/v1/namespaces/default";
    private readonly ShiftedTime time = new();
    private TestServer server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await TestServer.StartAsync(time, KindList.All);
        await server.PostAsync($"{Core}/serviceaccounts", """{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"robot"}}""");
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_token_says_who_bears_it_and_gives_no_rights()
    {
        var token = await IssueAsync();
        var (code, who) = await AskAsync(HttpMethod.Post, "/apis/authentication.k8s.io/v1/selfsubjectreviews", token, """{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}""");
        Assert.Equal(201, code);
        var user = who["status"]!["userInfo"]!;
        Assert.Equal("system:serviceaccount:default:robot", (string?)user["username"]);
        Assert.Equal(["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"], user["groups"]!.AsArray().Select(g => (string?)g));

        var (refused, status) = await AskAsync(HttpMethod.Get, $"{Core}/pods", token);
        Assert.Equal(403, refused);
        Assert.Equal("pods is forbidden: User \"system:serviceaccount:default:robot\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\"", (string?)status["message"]);
        foreach (var open in (string[])["/api", "/apis", "/openapi/v3", "/version", "/.well-known/openid-configuration", "/openid/v1/jwks"])
        {
            Assert.Equal(200, (await AskAsync(HttpMethod.Get, open, token)).Code);
        }

        Assert.Equal(403, (await AskAsync(HttpMethod.Get, "/metrics", token)).Code);
        Assert.Equal(403, (await AskAsync(HttpMethod.Post, $"{Core}/serviceaccounts/robot/token", token, Request())).Code);
    }

    [Fact]
    public async Task It_ends_with_its_time()
    {
        var token = await IssueAsync("\"expirationSeconds\":600");
        // The clock goes on by itself too, and on a busy machine this may take seconds.
        time.Advance(TimeSpan.FromSeconds(540));
        Assert.Equal(200, await CodeAsync(token));
        time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(401, await CodeAsync(token));
    }

    [Fact]
    public async Task It_ends_with_its_account_also_when_another_of_the_name_comes()
    {
        var token = await IssueAsync();
        await server.DeleteAsync($"{Core}/serviceaccounts/robot");
        Assert.Equal(401, await CodeAsync(token));
        await server.PostAsync($"{Core}/serviceaccounts", """{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"robot"}}""");
        Assert.Equal(401, await CodeAsync(token));
    }

    [Fact]
    public async Task It_ends_with_the_pod_it_is_bound_to()
    {
        await PodAsync("a", "robot");
        var token = await IssueAsync("\"boundObjectRef\":{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"name\":\"a\"}");
        Assert.Equal(200, await CodeAsync(token));
        await server.DeleteAsync($"{Core}/pods/a");
        Assert.Equal(401, await CodeAsync(token));
        await PodAsync("a", "robot");
        Assert.Equal(401, await CodeAsync(token));
    }

    [Fact]
    public async Task A_pod_pulls_with_its_accounts_secrets_unless_it_names_its_own()
    {
        await server.SendAsync(HttpMethod.Patch, $"{Core}/serviceaccounts/robot", """{"imagePullSecrets":[{"name":"registry"}]}""", "application/merge-patch+json");
        Assert.Equal("registry", (string?)(await PodAsync("a", "robot"))["spec"]!["imagePullSecrets"]![0]!["name"]);
        Assert.Equal("own", (string?)(await PodAsync("b", "robot", "imagePullSecrets: [{name: own}]"))["spec"]!["imagePullSecrets"]![0]!["name"]);
    }

    [Fact]
    public async Task It_is_bound_to_pods_of_that_account_only()
    {
        await PodAsync("a", "default");
        Assert.Equal(400, (await server.PostAsync($"{Core}/serviceaccounts/robot/token", Request("\"boundObjectRef\":{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"name\":\"a\"}"))).Code);
        Assert.Equal(404, (await server.PostAsync($"{Core}/serviceaccounts/robot/token", Request("\"boundObjectRef\":{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"name\":\"b\"}"))).Code);
        await PodAsync("c", "robot");
        Assert.Equal(409, (await server.PostAsync($"{Core}/serviceaccounts/robot/token", Request("\"boundObjectRef\":{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"name\":\"c\",\"uid\":\"other\"}"))).Code);
        Assert.Equal(404, (await server.PostAsync($"{Core}/serviceaccounts/nobody/token", Request())).Code);
    }

    [Theory]
    [InlineData(60, "may not specify a duration less than 10 minutes")]
    [InlineData(4294967297, "may not specify a duration larger than 2^32 seconds")]
    public async Task Its_time_has_bounds(long seconds, string why)
    {
        var (code, body) = await server.PostAsync($"{Core}/serviceaccounts/robot/token", Request($"\"expirationSeconds\":{seconds}"));
        Assert.Equal(422, code);
        Assert.Contains(why, (string?)body["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_for_somebody_else_is_not_for_us_but_can_be_reviewed()
    {
        var token = await IssueAsync("\"audiences\":[\"vault\"]");
        Assert.Equal(401, await CodeAsync(token));
        Assert.True((bool)(await ReviewAsync(token, "vault"))["authenticated"]!);
        Assert.Equal("vault", (string?)(await ReviewAsync(token, "vault"))["audiences"]![0]);
        Assert.Null((await ReviewAsync(token, "other"))["authenticated"]);
    }

    [Fact]
    public async Task Forgeries_are_refused()
    {
        var parts = (await IssueAsync()).Split('.');
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        TokenKey other = new(foreign);
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!.AsObject();
        var header = Base64Url.EncodeToString(Encoding.UTF8.GetBytes("""{"alg":"none"}"""));
        var ownId = (string?)JsonNode.Parse(Base64Url.DecodeFromChars(parts[0]))!["kid"];
        var disguised = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"alg":"ES256","kid":"{{ownId}}"}"""));
        var promoted = claims.DeepClone().AsObject();
        promoted["kubernetes.io"]!["serviceaccount"]!["name"] = "admin";
        string[] forged =
        [
            $"{header}.{parts[1]}.",
            $"{header}.{parts[1]}.{parts[2]}",
            $"{parts[0]}.{parts[1]}.",
            WebToken.Write(other, claims.DeepClone().AsObject()),
            $"{disguised}.{parts[1]}.{Base64Url.EncodeToString(other.Sign(Encoding.ASCII.GetBytes($"{disguised}.{parts[1]}")))}",
            $"{parts[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(promoted.ToJsonString()))}.{parts[2]}",
            $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes("""{"alg":"HS256","kid":"x"}"""))}.{parts[1]}.{parts[2]}",
            "a.b.c", "..", new string('a', 20000) + ".b.c", "é.é.é",
        ];
        foreach (var token in forged.Where(t => t.All(char.IsAscii)))
        {
            Assert.Equal(401, await CodeAsync(token));
        }
    }

    [Fact]
    public async Task Others_can_verify_it_with_the_published_key()
    {
        var parts = (await IssueAsync()).Split('.');
        var key = (await server.GetAsync("/openid/v1/jwks")).Body["keys"]![0]!;
        using var published = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Base64Url.DecodeFromChars((string)key["x"]!), Y = Base64Url.DecodeFromChars((string)key["y"]!) } });
        Assert.True(published.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256));
        Assert.Equal((string?)key["kid"], (string?)JsonNode.Parse(Base64Url.DecodeFromChars(parts[0]))!["kid"]);
    }

    [Fact]
    public async Task A_pod_finds_its_token_unless_it_or_its_account_wants_none()
    {
        var pod = await PodAsync("a", "robot");
        var volume = Assert.Single(pod["spec"]!["volumes"]!.AsArray())!;
        Assert.StartsWith("kube-api-access-", (string?)volume["name"], StringComparison.Ordinal);
        Assert.Equal(["serviceAccountToken", "configMap", "downwardAPI"], volume["projected"]!["sources"]!.AsArray().Select(s => s!.AsObject().Single().Key));
        var mount = Assert.Single(pod["spec"]!["containers"]![0]!["volumeMounts"]!.AsArray())!;
        Assert.Equal(("/var/run/secrets/kubernetes.io/serviceaccount", true), ((string?)mount["mountPath"], (bool)mount["readOnly"]!));

        Assert.Null((await PodAsync("b", "robot", "automountServiceAccountToken: false"))["spec"]!["volumes"]);
        await server.SendAsync(HttpMethod.Patch, $"{Core}/serviceaccounts/robot", """{"automountServiceAccountToken":false}""", "application/merge-patch+json");
        Assert.Null((await PodAsync("c", "robot"))["spec"]!["volumes"]);
        Assert.NotNull((await PodAsync("d", "robot", "automountServiceAccountToken: true"))["spec"]!["volumes"]);
        Assert.Equal(403, (await CreatePodAsync("e", "nobody", "")).Code);
    }

    private async Task<JsonObject> PodAsync(string name, string account, string more = "")
    {
        var (code, body) = await CreatePodAsync(name, account, more);
        Assert.True(code == 201, body.ToJsonString());
        return body;
    }

    private Task<(int Code, JsonObject Body)> CreatePodAsync(string name, string account, string more) => server.SendAsync(
        HttpMethod.Post, $"{Core}/pods", $"{{apiVersion: v1, kind: Pod, metadata: {{name: {name}}}, spec: {{serviceAccountName: {account}, {more}{(more.Length > 0 ? ", " : "")}containers: [{{name: c, image: nginx}}]}}}}", "application/yaml");

    private async Task<string> IssueAsync(string spec = "")
    {
        var (code, body) = await server.PostAsync($"{Core}/serviceaccounts/robot/token", Request(spec));
        Assert.True(code == 201, body.ToJsonString());
        return (string)body["status"]!["token"]!;
    }

    private static string Request(string spec = "") => $$"""{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{ {{spec}} } }""";

    private async Task<JsonNode> ReviewAsync(string token, string audience) =>
        (await server.PostAsync("/apis/authentication.k8s.io/v1/tokenreviews", $$"""{"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview","spec":{"token":"{{token}}","audiences":["{{audience}}"] } }""")).Body["status"]!;

    private async Task<int> CodeAsync(string token) => (await AskAsync(HttpMethod.Get, "/version", token)).Code;

    private async Task<(int Code, JsonObject Body)> AskAsync(HttpMethod method, string path, string token, string? body = null)
    {
        using HttpRequestMessage request = new(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await server.Client(null).SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text)!.AsObject() : []);
    }

    private sealed class ShiftedTime : TimeProvider
    {
        private TimeSpan shift;

        public void Advance(TimeSpan by) => shift += by;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + shift;
    }
}
