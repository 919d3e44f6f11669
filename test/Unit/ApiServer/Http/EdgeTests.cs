using System.Net;
using System.Text.Json.Nodes;
using Vitrine.Unit.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.Http;

public sealed class EdgeTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("/livez")]
    [InlineData("/readyz?verbose")]
    [InlineData("/healthz")]
    public async Task Health_is_open_to_everybody(string path) => Assert.Equal(200, await AnonymousAsync(path));

    [Theory]
    [InlineData("/api/v1/namespaces/default/configmaps")]
    [InlineData("/metrics")]
    [InlineData("/")]
    public async Task Anonymous_is_401(string path) => Assert.Equal(401, await AnonymousAsync(path));

    [Fact]
    public async Task A_certificate_of_another_CA_is_401() =>
        Assert.Equal(401, await CodeAsync(_server.Client(new TestCertificates().Client("admin", "system:masters")), "/api/v1/nodes"));

    [Fact]
    public async Task An_expired_certificate_is_401() =>
        Assert.Equal(401, await CodeAsync(_server.Client(_server.Certificates.Client("admin", "system:masters", -1)), "/api/v1/nodes"));

    [Fact]
    public async Task A_servers_certificate_is_no_users() =>
        Assert.Equal(401, await CodeAsync(_server.Client(_server.Certificates.Server()), "/api/v1/nodes"));

    [Fact]
    public async Task Who_acts_as_somebody_has_his_rights_only()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/v1/nodes");
        request.Headers.Add("Impersonate-User", "root");
        using HttpResponseMessage answer = await _server.Admin.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Both_HTTP_versions_are_served()
    {
        using HttpResponseMessage one = await _server.Client(_server.Certificates.Client("u", "system:masters"), http2: false).GetAsync("/api/v1/nodes");
        using HttpResponseMessage two = await _server.Admin.GetAsync("/api/v1/nodes");
        Assert.Equal((HttpVersion.Version11, HttpStatusCode.OK), (one.Version, one.StatusCode));
        Assert.Equal((HttpVersion.Version20, HttpStatusCode.OK), (two.Version, two.StatusCode));
        Assert.Equal("no-cache, private", two.Headers.CacheControl?.ToString());
        Assert.True(two.Headers.Contains("Audit-Id"));
    }

    [Theory]
    [InlineData("/api/v1/unknowns", 404)]
    [InlineData("/apis/none/v1/things", 404)]
    [InlineData("/api/v1/namespaces/default/nodes", 404)]
    [InlineData("/api/v1/namespaces/default/configmaps/%2e%2e%2fx", 400)]
    [InlineData("/api/v1/namespaces/default/configmaps/a%2fb", 400)]
    [InlineData("/api/v1/namespaces/default/configmaps//a", 400)]
    [InlineData("/api/v1/namespaces/default/configmaps/a/status", 404)]
    [InlineData("/nothing", 404)]
    public async Task A_path_that_names_nothing_is_a_status(string path, int code)
    {
        (int actual, JsonObject status) = await _server.GetAsync(path);
        Assert.Equal(code, actual);
        Assert.Equal("Status", (string?)status["kind"]);
    }

    [Fact]
    public async Task A_body_over_three_megabytes_is_413()
    {
        (int code, JsonObject status) = await _server.PostAsync("/api/v1/namespaces/default/configmaps", CrudTests.Map("a", new string('x', 3 << 20)));
        Assert.Equal(413, code);
        Assert.Equal("RequestEntityTooLarge", (string?)status["reason"]);
    }

    [Fact]
    public async Task Protobuf_alone_is_not_acceptable_but_JSON_beside_it_is()
    {
        Assert.Equal(406, (await _server.SendAsync(HttpMethod.Get, "/api/v1/nodes", null, accept: "application/vnd.kubernetes.protobuf")).Code);
        Assert.Equal(200, (await _server.SendAsync(HttpMethod.Get, "/api/v1/nodes", null, accept: "application/vnd.kubernetes.protobuf,application/json")).Code);
    }

    [Fact]
    public async Task A_method_the_path_does_not_take_is_405() =>
        Assert.Equal(405, (await _server.SendAsync(HttpMethod.Post, "/api/v1/namespaces/default/configmaps/a", "{}")).Code);

    [Fact]
    public async Task Counters_are_readable()
    {
        await _server.PostAsync("/api/v1/namespaces/default/configmaps", CrudTests.Map("a", "1"));
        string text = await _server.Admin.GetStringAsync("/metrics");
        Assert.Contains("# TYPE vitrine_store_writes_total counter", text, StringComparison.Ordinal);
    }

    private Task<int> AnonymousAsync(string path) => CodeAsync(_server.Client(null), path);

    private static async Task<int> CodeAsync(HttpClient client, string path)
    {
        using HttpResponseMessage answer = await client.GetAsync(path);
        return (int)answer.StatusCode;
    }
}
