using Xunit;

namespace Vitrine.Cluster;

/// <summary>Faults that other tests would feel: a node that is down, a route that is gone, a link that is too narrow, rules that are flushed.</summary>
public sealed class ExplainFaultTests(ExplainFaultTests.OwnCluster cluster) : IClassFixture<ExplainFaultTests.OwnCluster>
{
    public sealed class OwnCluster() : TestCluster("explain", 8, "--nodes", "3");

    [Fact]
    public async Task A_route_removed_by_hand_is_found_and_its_way_back_told()
    {
        var ns = await PodsAsync("route");
        var range = await cluster.KubectlAsync("get node node-2 -o jsonpath={.spec.podCIDR}");
        var pid = await cluster.PidAsync("agent-node-3");
        await Shell.RunAsync("kill", ["-STOP", $"{pid}"]);
        try
        {
            await cluster.OnNodeAsync("node-3", $"ip route del {range}");
            var (code, report) = await Explain.AskAsync(cluster, ns, "pod/client", "pod/web:80");
            Assert.Equal((1, "node/node-3"), (code, report.GetProperty("culprit").GetString()));
            Assert.StartsWith($"ip route replace {range}", report.GetProperty("command").GetString(), StringComparison.Ordinal);
            await cluster.OnNodeAsync("node-3", report.GetProperty("command").GetString()!);
            Assert.Equal(0, (await Explain.AskAsync(cluster, ns, "pod/client", "pod/web:80")).Code);
        }
        finally
        {
            await Shell.RunAsync("kill", ["-CONT", $"{pid}"]);
        }
    }

    [Theory]
    [InlineData("node-3", "TooBig")]
    [InlineData("node-2", "Dropped")]
    public async Task A_link_that_is_too_narrow_is_found(string narrow, string verdict)
    {
        var ns = await PodsAsync($"mtu-{narrow}");
        const int mtu = 1500;
        // Its agent, else pods of other tests would be made for the narrow link.
        var agent = await cluster.PidAsync($"agent-{narrow}");
        await Shell.RunAsync("kill", ["-STOP", $"{agent}"]);
        await cluster.OnNodeAsync(narrow, "ip link set eth0 mtu 1300");
        try
        {
            var (code, report) = await Explain.AskAsync(cluster, ns, "pod/client", "pod/web", "--size", "1400");
            Assert.True((1, verdict, $"node/{narrow}") == (code, report.GetProperty("verdict").GetString(), report.GetProperty("culprit").GetString()), report.ToString());
            Assert.Equal($"ip link set eth0 mtu {mtu}", report.GetProperty("command").GetString());
            Assert.Equal(0, (await Explain.AskAsync(cluster, ns, "pod/client", "pod/web", "--size", "1200")).Code);
        }
        finally
        {
            await cluster.OnNodeAsync(narrow, $"ip link set eth0 mtu {mtu}");
            await Shell.RunAsync("kill", ["-CONT", $"{agent}"]);
        }
    }

    [Fact]
    public async Task A_node_that_is_down_takes_the_blame()
    {
        var ns = await PodsAsync("down");
        await cluster.NodeAsync("stop", "node-2");
        try
        {
            foreach (var destination in new[] { "pod/web:80", "node/node-2" })
            {
                var (code, report) = await Explain.AskAsync(cluster, ns, "pod/client", destination);
                Assert.Equal((1, "node/node-2", "vitrine node start node-2"), (code, report.GetProperty("culprit").GetString(), report.GetProperty("command").GetString()));
            }
        }
        finally
        {
            await cluster.NodeAsync("start", "node-2");
        }
    }

    [Fact]
    public async Task A_host_port_leads_to_its_pod_and_comes_back_when_somebody_flushes_the_rules()
    {
        var ns = await cluster.NamespaceAsync("host-port");
        await cluster.KubectlAsync($"apply -n {ns} -f -", """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec: {nodeName: node-3, containers: [{name: nginx, image: nginx, ports: [{containerPort: 80, hostPort: 8088}]}]}
            """);
        await cluster.KubectlAsync($"wait -n {ns} pod/web --for=condition=Ready --timeout=60s", limit: TimeSpan.FromSeconds(70));
        var node = await cluster.KubectlAsync("get node node-3 -o jsonpath={.status.addresses[0].address}");
        async Task<bool> AnswersAsync() => (await Shell.RunAsync("curl", ["-s", "-m", "2", $"http://{node}:8088/"])).Output.Contains("Welcome to nginx", StringComparison.Ordinal);
        Assert.True(await AnswersAsync());
        Assert.Contains("Welcome to nginx", (await cluster.OnNodeAsync("node-3", "curl -s -m 2 http://127.0.0.1:8088/")).Output, StringComparison.Ordinal);

        var before = (await cluster.OnNodeAsync("node-3", "nft list tables")).Output.Split('\n').Order(StringComparer.Ordinal);
        await cluster.OnNodeAsync("node-3", "nft flush ruleset");
        for (var deadline = Environment.TickCount64 + 5000; !await AnswersAsync() && Environment.TickCount64 < deadline;)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }

        Assert.True(await AnswersAsync());
        Assert.Equal(before, (await cluster.OnNodeAsync("node-3", "nft list tables")).Output.Split('\n').Order(StringComparer.Ordinal));
    }

    private async Task<string> PodsAsync(string name)
    {
        var ns = await cluster.NamespaceAsync(name);
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("web", "nginx", "exec nginx -g 'daemon off;'", "  nodeName: node-2\n  tolerations: [{operator: Exists}]\n"));
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("client", "debian", "sleep infinity", "  nodeName: node-3\n  tolerations: [{operator: Exists}]\n"));
        await cluster.KubectlAsync($"wait -n {ns} pod/web pod/client --for=condition=Ready --timeout=60s", limit: TimeSpan.FromSeconds(70));
        return ns;
    }
}
