using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.Unit.ApiServer.Streaming;
using Vitrine.Unit.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.Metrics;

/// <summary>metrics.k8s.io through the server to a fake agent.</summary>
public sealed class MetricsVerbTests : IAsyncLifetime
{
    private const string Group = "/apis/metrics.k8s.io/v1beta1";
    private const string Summary = """
        {"node":{"cpu":{"time":"2026-01-02T03:04:05Z","usageNanoCores":5,"windowSeconds":10},"memory":{"workingSetBytes":1024}},
         "pods":[{"podRef":{"name":"p","namespace":"default"},"containers":[{"name":"a","cpu":{"time":"2026-01-02T03:04:05Z","usageNanoCores":7,"windowSeconds":10},"memory":{"workingSetBytes":2048}}]}]}
        """;

    private readonly IPAddress _address = StreamingTests.OwnAddress();
    private TestServer _server = null!;
    private FakeAgent _agent = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(kinds: KindList.All);
        _agent = new FakeAgent(_address, _server.Certificates.Server(_address), static (_, tls) =>
            tls.WriteAsync(Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {Summary.Length}\r\nConnection: close\r\n\r\n{Summary}")).AsTask());
        await NodeAsync("n", _agent.Port);
        // Nobody listens there.
        await NodeAsync("dead", 9);
        foreach (string name in (string[])["p", "other"])
        {
            await _server.PostAsync("/api/v1/namespaces/default/pods", $$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}","labels":{"app":"{{{name}}}"}},"spec":{"nodeName":"n","containers":[{"name":"a","image":"x"}]}}""");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Nodes_that_do_not_answer_are_left_out()
    {
        (int code, JsonObject list) = await _server.GetAsync($"{Group}/nodes");
        Assert.Equal((200, "NodeMetricsList"), (code, (string?)list["kind"]));
        Assert.Equal(["n"], list["items"]!.AsArray().Select(i => (string?)i!["metadata"]!["name"]));
        Assert.Equal(404, (await _server.GetAsync($"{Group}/nodes/dead")).Code);
        Assert.StartsWith("GET /stats/summary HTTP/1.1\r\n", _agent.Heads[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pods_are_selected_by_their_own_labels()
    {
        Assert.Equal(["p"], await NamesAsync($"{Group}/namespaces/default/pods"));
        Assert.Equal(["p"], await NamesAsync($"{Group}/pods?labelSelector=app%3Dp"));
        Assert.Empty(await NamesAsync($"{Group}/namespaces/default/pods?labelSelector=app%3Dother"));
        (int code, JsonObject one) = await _server.GetAsync($"{Group}/namespaces/default/pods/p");
        Assert.Equal((200, "7n"), (code, (string?)one["containers"]![0]!["usage"]!["cpu"]));
        Assert.Equal(404, (await _server.GetAsync($"{Group}/namespaces/default/pods/other")).Code);
    }

    [Fact]
    public async Task Nobody_writes_or_watches_them()
    {
        Assert.Equal(405, (await _server.PostAsync($"{Group}/namespaces/default/pods", """{"apiVersion":"metrics.k8s.io/v1beta1","kind":"PodMetrics","metadata":{"name":"p"}}""")).Code);
        Assert.Equal(405, (await _server.DeleteAsync($"{Group}/nodes/n")).Code);
        Assert.Equal(405, (await _server.GetAsync($"{Group}/nodes?watch=true")).Code);
    }

    private async Task<IEnumerable<string?>> NamesAsync(string path) => (await _server.GetAsync(path)).Body["items"]!.AsArray().Select(i => (string?)i!["metadata"]!["name"]);

    private Task<(int Code, JsonObject Body)> NodeAsync(string name, int port) => _server.PostAsync("/api/v1/nodes",
        $$$"""{"apiVersion":"v1","kind":"Node","metadata":{"name":"{{{name}}}"},"status":{"addresses":[{"type":"InternalIP","address":"{{{_address}}}"}],"daemonEndpoints":{"kubeletEndpoint":{"Port":{{{port}}} } } } }""");
}
