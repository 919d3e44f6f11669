using System.Text.Json;
using Xunit;
using static Vitrine.Cluster.Explain;

namespace Vitrine.Cluster;

/// <summary>`vitrine explain` says what really happens; broken on purpose, it names the object at fault and the fix.</summary>
public sealed class ExplainTests(ThreeNodes cluster)
{
    // Nginx comes up on :80; nc stands for servers that are set up wrongly.
    private const string Nginx = "exec nginx -g 'daemon off;'";

    [Theory]
    [InlineData("node-2", "same")]
    [InlineData("node-3", "across")]
    public async Task A_healthy_way_is_shown_hop_by_hop_and_walked_by_a_real_packet(string clientNode, string name)
    {
        var ns = await cluster.NamespaceAsync($"explain-{name}");
        await cluster.PodAsync(ns, "web", "node-2", "nginx", Nginx);
        await cluster.PodAsync(ns, "client", clientNode);
        foreach (var destination in new[] { "pod/web:80", "pod/web" })
        {
            var (code, report) = await AskAsync(ns, "pod/client", destination);
            Assert.Equal((0, "Delivered", "Answered"), (code, Text(report, "verdict"), Text(report.GetProperty("probe"), "answer")));
            var places = report.GetProperty("forward").EnumerateArray().Select(h => Text(h, "where")).Distinct().ToArray();
            Assert.Equal(clientNode == "node-2" ? [$"pod/{ns}/client", "node/node-2", $"pod/{ns}/web"] : [$"pod/{ns}/client", "node/node-3", "node/node-2", $"pod/{ns}/web"], places);
            Assert.Equal(places.Reverse(), report.GetProperty("reply").EnumerateArray().Select(h => Text(h, "where")).Distinct());
        }
    }

    [Fact]
    public async Task A_node_reaches_a_pod_and_over_IPv6_too()
    {
        var ns = await cluster.NamespaceAsync("explain-node");
        await cluster.PodAsync(ns, "web", "node-2", "nginx", Nginx);
        Assert.Equal(0, (await AskAsync(ns, "node/node-3", "pod/web:80")).Code);
        foreach (var address in await cluster.AddressesAsync(ns, "web"))
        {
            var (code, report) = await AskAsync(ns, "node/node-1", address);
            Assert.Equal((0, $"pod/{ns}/web"), (code, Text(report, "destination")));
        }
    }

    [Fact]
    public async Task Outside_the_cluster_a_pod_goes_under_its_nodes_address()
    {
        var ns = await cluster.NamespaceAsync("explain-out");
        await cluster.PodAsync(ns, "client", "node-2");
        var neighbour = cluster.NodeCidr.Replace(".0/24", ".201", StringComparison.Ordinal);
        var (_, report) = await AskAsync(ns, "pod/client", $"{neighbour}:443", "--no-probe");
        var masquerade = report.GetProperty("forward").EnumerateArray().Single(h => Text(h, "what").StartsWith("masquerade", StringComparison.Ordinal));
        Assert.Equal("node/node-2", Text(masquerade, "object"));
        Assert.Contains("vitrine-masquerade", Text(masquerade, "entry"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_listening_the_wrong_port_and_localhost_only_are_told_apart()
    {
        var ns = await cluster.NamespaceAsync("explain-ports");
        await cluster.PodAsync(ns, "client", "node-3");
        await cluster.PodAsync(ns, "silent", "node-2");
        await cluster.PodAsync(ns, "other", "node-2", command: "exec nc -l -k -p 8080");
        await cluster.PodAsync(ns, "local", "node-2", command: "exec nc -l -k -s 127.0.0.1 -p 80");
        await Task.Delay(TimeSpan.FromSeconds(1));
        foreach (var (pod, why) in new[] { ("silent", "nor on any other"), ("other", "listens on port 8080"), ("local", "127.0.0.1 only") })
        {
            var (code, report) = await AskAsync(ns, "pod/client", $"pod/{pod}:80");
            Assert.Equal((1, "Refused", $"pod/{ns}/{pod}"), (code, Text(report, "verdict"), Text(report, "culprit")));
            Assert.Contains(why, Text(report, "why"), StringComparison.Ordinal);
            Assert.NotEmpty(Text(report, "fix"));
        }
    }

    [Fact]
    public async Task A_pod_that_does_not_run_is_named_with_the_reason()
    {
        var ns = await cluster.NamespaceAsync("explain-absent");
        await cluster.PodAsync(ns, "client", "node-3");
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("ended", "debian", "true", "  restartPolicy: Never\n  nodeName: node-2\n"));
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("crash", "debian", "exit 3", "  nodeName: node-2\n"));
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("pending", "debian", "true", "  nodeSelector: {no: such}\n"));
        await cluster.EventuallyAsync($"get pod ended -n {ns} --no-headers", o => o.Contains("Completed", StringComparison.Ordinal));
        await cluster.EventuallyAsync($"get pod crash -n {ns} --no-headers", o => o.Contains("CrashLoopBackOff", StringComparison.Ordinal));
        foreach (var (pod, verdict, why) in new[] { ("ended", "NotRunning", "Succeeded"), ("pending", "NotRunning", "not scheduled"), ("crash", "Refused", "exit code 3"), ("none", "NotRunning", "there is no pod") })
        {
            var (code, report) = await AskAsync(ns, "pod/client", $"pod/{pod}:80");
            Assert.Equal((1, verdict, $"pod/{ns}/{pod}"), (code, Text(report, "verdict"), Text(report, "culprit")));
            Assert.Contains(why, Text(report, "why"), StringComparison.Ordinal);
        }
    }

    private Task<(int Code, JsonElement Report)> AskAsync(string ns, string from, string to, params string[] more) => Explain.AskAsync(cluster, ns, from, to, more);
}
