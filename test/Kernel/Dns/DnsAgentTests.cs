using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Vitrine.Dns;
using Vitrine.Dns.Apply;
using Vitrine.Kernel.Dataplane;
using Xunit;

namespace Vitrine.Kernel.Dns;

/// <summary>The whole agent on a node with pods, with an API server that knows what the test tells it.</summary>
public sealed class DnsAgentTests : IDisposable
{
    private readonly HttpListener server = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Channel<string> events = Channel.CreateUnbounded<string>();
    private readonly Lab lab = Lab.With(1);
    private readonly DnsOptions options = new() { Addresses = [DnsLab.V4, DnsLab.V6] };
    private readonly int port;

    public DnsAgentTests()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        server.Prefixes.Add($"http://127.0.0.1:{port}/");
        server.Start();
    }

    public void Dispose()
    {
        stop.Dispose();
        server.Close();
        lab.Dispose();
    }

    [Fact]
    public async Task Pods_the_node_and_host_network_pods_are_answered_and_go_on_being_answered_without_the_api()
    {
        var pod = lab.Nodes[0].AddPod();
        lab.Apply();
        _ = ServeAsync();
        var agent = Start();
        foreach (var netns in new[] { pod.Netns, lab.Nodes[0].Netns })
            foreach (var address in options.Addresses)
                await AnswersAsync(netns, address, "web.default.svc.cluster.local", "10.96.0.80");

        // A change is answered.
        await events.Writer.WriteAsync(Change("ADDED", "new", "10.96.0.81"));
        await AnswersAsync(pod.Netns, DnsLab.V4, "new.default.svc.cluster.local", "10.96.0.81");
        await events.Writer.WriteAsync(Change("MODIFIED", "new", "10.96.0.82"));
        await AnswersAsync(pod.Netns, DnsLab.V4, "new.default.svc.cluster.local", "10.96.0.82");

        server.Stop();
        await Task.Delay(500);
        Assert.False(agent.IsCompleted, $"{agent.Exception}");
        await AnswersAsync(pod.Netns, DnsLab.V4, "new.default.svc.cluster.local", "10.96.0.82");

        // The next agent answers on the same address at once, even if it hears nothing of the cluster.
        Assert.Contains(DnsAddress.Present, Nft.Shell(lab.Nodes[0].Netns, "nft list tables"), StringComparison.Ordinal);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => agent);
        Assert.DoesNotContain(DnsAddress.Present, Nft.Shell(lab.Nodes[0].Netns, "nft list tables"), StringComparison.Ordinal);
        Assert.Contains("connection refused", Dig(pod.Netns, DnsLab.V4, "web.default.svc.cluster.local"), StringComparison.Ordinal);
        using var again = new CancellationTokenSource();
        var next = Start(again.Token);
        await AnswersAsync(pod.Netns, DnsLab.V4, "dns-version.cluster.local", "\"1.1.0\"", "TXT");
        await again.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    private Task Start(CancellationToken? ct = null) => NodePart.RunAsync(
        lab.Nodes[0].Netns, port, (watch, end) => DnsAgent.RunAsync(options, watch, NullLoggerFactory.Instance, TimeProvider.System, end), ct ?? stop.Token);

    private static async Task AnswersAsync(ThrowAwayNetns from, IPAddress server, string name, string answer, string type = "A")
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        for (var got = ""; (got = Dig(from, server, name, type)) != answer; await Task.Delay(20))
            Assert.False(late.IsCancellationRequested, $"{name} at {server}: {got}");
    }

    private static string Dig(ThrowAwayNetns from, IPAddress server, string name, string type = "A") =>
        Nft.Shell(from, $"dig @{server} +short +tries=1 +time=1 {name} {type} || true").Trim();

    private static string Change(string kind, string name, string address) => new JsonObject { ["type"] = kind, ["object"] = Service(name, address) }.ToJsonString() + "\n";

    private static JsonObject Service(string name, string address) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Service",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default", ["uid"] = name, ["resourceVersion"] = "2" },
        ["spec"] = new JsonObject { ["type"] = "ClusterIP", ["clusterIP"] = address, ["clusterIPs"] = new JsonArray(address), ["ports"] = new JsonArray(new JsonObject { ["port"] = 80 }) },
    };

    /// <summary>Lists one namespace and one Service; the watch of Services tells the test's events, the others stay silent.</summary>
    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await server.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            _ = AnswerAsync(context);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var services = context.Request.Url!.AbsolutePath.EndsWith("/services", StringComparison.Ordinal);
        context.Response.ContentType = "application/json";
        context.Response.SendChunked = true;
        try
        {
            if (context.Request.QueryString["watch"] is null)
            {
                var items = services ? new JsonArray(Service("web", "10.96.0.80"))
                    : context.Request.Url.AbsolutePath.EndsWith("/namespaces", StringComparison.Ordinal) ? new JsonArray(new JsonObject { ["metadata"] = new JsonObject { ["name"] = "default", ["uid"] = "d" } })
                    : [];
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = "1" }, ["items"] = items }.ToJsonString()));
                context.Response.Close();
                return;
            }
            await context.Response.OutputStream.FlushAsync();
            while (services)
            {
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(await events.Reader.ReadAsync(stop.Token)));
                await context.Response.OutputStream.FlushAsync();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or OperationCanceledException)
        {
        }
    }
}
