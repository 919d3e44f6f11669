using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Vitrine.Dataplane;
using Vitrine.Dataplane.Apply;
using Vitrine.Dataplane.Probes;
using Xunit;

namespace Vitrine.Kernel.Dataplane;

/// <summary>The whole agent, with an API server that knows nothing but nodes.</summary>
public sealed class DataplaneAgentTests : IDisposable
{
    private readonly HttpListener server = new();
    private readonly CancellationTokenSource stop = new();
    private readonly int port;

    public DataplaneAgentTests()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        server.Prefixes.Add($"http://127.0.0.1:{port}/");
        server.Start();
    }

    public void Dispose()
    {
        stop.Dispose();
        server.Close();
    }

    [Fact]
    public async Task Nodes_of_the_api_become_routes_that_outlive_the_api_and_the_agent()
    {
        using var lab = Lab.With(1, 2);
        var (a, b) = (lab.Nodes[0].AddPod(), lab.Nodes[1].AddPod());
        lab.Nodes[1].Apply(lab.Snapshot);
        var serving = ServeAsync(lab);
        var options = new DataplaneOptions { NodeName = "node-1" };
        var agent = NodePart.RunAsync(lab.Nodes[0].Netns, port, (watch, ct) => DataplaneAgent.RunAsync(options, watch, NullLoggerFactory.Instance, TimeProvider.System, ct), stop.Token);
        await ReachesAsync(a, b, TimeSpan.FromSeconds(10));

        server.Stop();
        await Task.Delay(500);
        Assert.False(agent.IsCompleted, $"{agent.Exception}");
        await ReachesAsync(a, b, TimeSpan.FromSeconds(2));

        // Without the API it still guards what it knows.
        Nft.Shell(lab.Nodes[0].Netns, "nft flush ruleset; ip route flush proto 118");
        await ReachesAsync(a, b, TimeSpan.FromSeconds(2));

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => agent);
        await ReachesAsync(a, b, TimeSpan.FromSeconds(2));
        Assert.Contains(NodeTables.Guard, Nft.Run(lab.Nodes[0].Netns, "list tables"));
        await serving;
    }

    private static async Task ReachesAsync(LabPod from, LabPod to, TimeSpan within)
    {
        using var late = new CancellationTokenSource(within);
        while ((await EchoProbe.SendAsync(from.Netns.Handle, to.V4, null, 1450, TimeSpan.FromMilliseconds(200), TimeProvider.System)).Answer != ProbeAnswer.Answered)
            Assert.False(late.IsCancellationRequested, $"{from.V4} does not reach {to.V4} within {within}");
    }

    /// <summary>Lists the lab's nodes and pods; a watch stays silent and open.</summary>
    private async Task ServeAsync(Lab lab)
    {
        var nodes = lab.Nodes.Select(n => new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = n.Node.Name, ["uid"] = n.Node.Uid },
            ["spec"] = new JsonObject { ["podCIDRs"] = new JsonArray([.. n.Node.PodCidrs.Select(c => (JsonNode)c.ToString())]) },
            ["status"] = new JsonObject { ["addresses"] = new JsonArray([.. n.Node.Addresses.Select(a => (JsonNode)new JsonObject { ["type"] = "InternalIP", ["address"] = a.ToString() })]) },
        });
        var pods = lab.Nodes.SelectMany(n => n.Pods).Select(p => new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = p.Pod.Name, ["namespace"] = p.Pod.Namespace, ["uid"] = p.Pod.Uid },
            ["spec"] = new JsonObject { ["nodeName"] = p.Node.Node.Name, ["containers"] = new JsonArray() },
            ["status"] = new JsonObject { ["podIPs"] = new JsonArray([.. p.Pod.Addresses.Select(a => (JsonNode)new JsonObject { ["ip"] = a.ToString() })]) },
        });
        var lists = new Dictionary<string, string> { ["/api/v1/nodes"] = List(nodes), ["/api/v1/pods"] = List(pods) };
        try
        {
            while (true)
            {
                var context = await server.GetContextAsync();
                context.Response.ContentType = "application/json";
                if (context.Request.QueryString["watch"] is null)
                {
                    await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(lists.GetValueOrDefault(context.Request.Url!.AbsolutePath, List([]))));
                    context.Response.Close();
                    continue;
                }

                context.Response.SendChunked = true;
                await context.Response.OutputStream.FlushAsync();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
        }
    }

    private static string List(IEnumerable<JsonObject> items) =>
        new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = "1" }, ["items"] = new JsonArray([.. items]) }.ToJsonString();
}
