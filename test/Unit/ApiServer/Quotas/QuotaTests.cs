using System.Diagnostics;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.Unit.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.Quotas;

/// <summary>ResourceQuotas and LimitRanges, through the API.</summary>
public sealed class QuotaTests : IAsyncLifetime
{
    private const string Core = "/api/v1/namespaces/default";
    private TestServer server = null!;

    public async ValueTask InitializeAsync() => server = await TestServer.StartAsync(kinds: KindList.All);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task What_is_there_is_counted_and_no_more_is_let_in_than_the_rest()
    {
        await MadeAsync("configmaps", """{"metadata":{"name":"before"}}""");
        await QuotaAsync("q", """{"configmaps":"2","count/secrets":"1"}""");
        await MadeAsync("configmaps", """{"metadata":{"name":"second"}}""");
        var (code, body) = await server.PostAsync($"{Core}/configmaps", """{"metadata":{"name":"third"}}""");
        Assert.Equal((403, "configmaps \"third\" is forbidden: exceeded quota: q, requested: configmaps=1, used: configmaps=2, limited: configmaps=2"), (code, (string?)body["message"]));
        await UsedAsync("q", "configmaps", "2");
        await server.DeleteAsync($"{Core}/configmaps/before");
        await UsedAsync("q", "configmaps", "1");
        await MadeAsync("configmaps", """{"metadata":{"name":"third"}}""");
    }

    [Fact]
    public async Task A_hundred_at_once_get_no_more_than_there_is()
    {
        await QuotaAsync("q", """{"count/configmaps":"10"}""");
        var codes = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i => (await server.PostAsync($"{Core}/configmaps", $$$$"""{"metadata":{"name":"c{{{{i}}}}"}}""")).Code));
        Assert.Equal(10, codes.Count(static c => c == 201));
        Assert.Equal(90, codes.Count(static c => c == 403));
        await UsedAsync("q", "count/configmaps", "10");
    }

    [Fact]
    public async Task Pods_take_what_they_ask_for_and_give_it_back_when_they_end()
    {
        await QuotaAsync("q", """{"requests.cpu":"1","limits.memory":"1Gi","pods":"5"}""");
        Assert.Equal("pods \"silent\" is forbidden: failed quota: q: must specify limits.memory for: c; requests.cpu for: c", (string?)(await PodAsync("silent", "{}")).Body["message"]);
        const string Half = """{"requests":{"cpu":"600m","memory":"1Mi"},"limits":{"memory":"100Mi"}}""";
        Assert.Equal(201, (await PodAsync("a", Half)).Code);
        var (code, body) = await PodAsync("b", Half);
        Assert.Equal((403, "pods \"b\" is forbidden: exceeded quota: q, requested: requests.cpu=600m, used: requests.cpu=600m, limited: requests.cpu=1"), (code, (string?)body["message"]));
        await server.SendAsync(HttpMethod.Patch, $"{Core}/pods/a/status", """{"status":{"phase":"Succeeded"}}""", "application/merge-patch+json");
        await UsedAsync("q", "requests.cpu", "0");
        Assert.Equal(201, (await PodAsync("b", Half)).Code);
        Assert.Equal("q", (string?)(await TableAsync())["rows"]![0]!["cells"]![0]);
        Assert.Equal("pods: 1/5, requests.cpu: 600m/1", (string?)(await TableAsync())["rows"]![0]!["cells"]![1]);
    }

    [Fact]
    public async Task Scopes_choose_the_pods()
    {
        await MadeAsync("resourcequotas", """{"metadata":{"name":"best"},"spec":{"scopes":["BestEffort"],"hard":{"pods":"1"}}}""");
        Assert.Equal(201, (await PodAsync("a", """{"requests":{"cpu":"1m"}}""")).Code);
        Assert.Equal(201, (await PodAsync("b", "{}")).Code);
        Assert.Equal(403, (await PodAsync("c", "{}")).Code);
        Assert.Equal(201, (await PodAsync("d", """{"requests":{"cpu":"1m"}}""")).Code);
    }

    [Fact]
    public async Task A_Service_that_becomes_more_takes_more()
    {
        await QuotaAsync("q", """{"services":"2","services.nodeports":"1"}""");
        await MadeAsync("services", """{"metadata":{"name":"a"},"spec":{"ports":[{"name":"x","port":80},{"name":"y","port":81}]}}""");
        var (code, body) = await server.SendAsync(HttpMethod.Patch, $"{Core}/services/a", """{"spec":{"type":"NodePort"}}""", "application/merge-patch+json");
        Assert.Equal((403, "services \"a\" is forbidden: exceeded quota: q, requested: services.nodeports=2, used: services.nodeports=0, limited: services.nodeports=1"), (code, (string?)body["message"]));
    }

    [Theory]
    [InlineData("""{"hard":{"pods":"1.5"}}""", "must be an integer")]
    [InlineData("""{"hard":{"wishes":"1"}}""", "must be a standard resource for quota")]
    [InlineData("""{"hard":{"pods":"-1"}}""", "must be greater than or equal to 0")]
    [InlineData("""{"scopes":["BestEffort","NotBestEffort"]}""", "conflicting scopes")]
    [InlineData("""{"scopes":["Often"]}""", "unsupported scope")]
    public async Task What_makes_no_sense_is_refused(string spec, string why)
    {
        var (code, body) = await server.PostAsync($"{Core}/resourcequotas", $$$$"""{"metadata":{"name":"q"},"spec":{{{{spec}}}}}""");
        Assert.Equal(422, code);
        Assert.Contains(why, (string?)body["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_LimitRange_fills_in_and_bounds()
    {
        await MadeAsync("limitranges", """{"metadata":{"name":"l"},"spec":{"limits":[{"type":"Container","max":{"cpu":"1"},"min":{"cpu":"10m"},"defaultRequest":{"cpu":"100m"},"default":{"cpu":"200m"},"maxLimitRequestRatio":{"cpu":"4"}},{"type":"Pod","max":{"memory":"1Gi"}}]}}""");
        Assert.Equal("pods \"none\" is forbidden: maximum memory usage per Pod is 1Gi.  No limit is specified", (string?)(await PodAsync("none", "{}")).Body["message"]);
        var pod = (await PodAsync("a", """{"limits":{"memory":"1Mi"}}""")).Body;
        Assert.Equal("""{"limits":{"memory":"1Mi","cpu":"200m"},"requests":{"memory":"1Mi","cpu":"100m"}}""", pod["spec"]!["containers"]![0]!["resources"]!.ToJsonString());
        Assert.Equal("LimitRanger plugin set: cpu request for container c; cpu limit for container c", (string?)pod["metadata"]!["annotations"]!["kubernetes.io/limit-ranger"]);
        var (code, body) = await PodAsync("b", """{"requests":{"cpu":"1m"},"limits":{"cpu":"2","memory":"1Mi"}}""");
        Assert.Equal((403, "pods \"b\" is forbidden: [minimum cpu usage per Container is 10m, but request is 1m, maximum cpu usage per Container is 1, but limit is 2, cpu max limit to request ratio per Container is 4, but provided ratio is 2000.000000]"), (code, (string?)body["message"]));
        Assert.Equal(422, (await server.PostAsync($"{Core}/limitranges", """{"metadata":{"name":"m"},"spec":{"limits":[{"type":"Container","max":{"cpu":"1"},"min":{"cpu":"2"}}]}}""")).Code);
    }

    private async Task<JsonObject> TableAsync() => (await server.SendAsync(HttpMethod.Get, $"{Core}/resourcequotas", null, accept: "application/json;as=Table;v=v1;g=meta.k8s.io")).Body;

    private Task QuotaAsync(string name, string hard) => MadeAsync("resourcequotas", $$$$"""{"metadata":{"name":"{{{{name}}}}"},"spec":{"hard":{{{{hard}}}}}}""");

    private Task<(int Code, JsonObject Body)> PodAsync(string name, string resources) =>
        server.PostAsync($"{Core}/pods", $$$$"""{"metadata":{"name":"{{{{name}}}}"},"spec":{"automountServiceAccountToken":false,"containers":[{"name":"c","image":"i","resources":{{{{resources}}}}}]}}""");

    private async Task MadeAsync(string resource, string body)
    {
        var (code, answer) = await server.PostAsync($"{Core}/{resource}", body);
        Assert.True(code == 201, answer.ToJsonString());
    }

    private async Task UsedAsync(string quota, string resource, string amount)
    {
        for (var since = Stopwatch.StartNew(); (string?)(await server.GetAsync($"{Core}/resourcequotas/{quota}")).Body["status"]?["used"]?[resource] is var used && used != amount; await Task.Delay(20))
        {
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(20), $"{resource} used is {used}, not {amount}");
        }
    }
}
