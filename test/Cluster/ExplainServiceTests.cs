using System.Text.Json;
using Xunit;
using static Vitrine.Cluster.Explain;

namespace Vitrine.Cluster;

/// <summary>`vitrine explain` of Services and names: where all is well, and where something is broken on purpose.</summary>
public sealed class ExplainServiceTests(ThreeNodes cluster)
{
    [Fact]
    public async Task By_name_the_answer_the_endpoints_and_the_way_are_told()
    {
        var ns = await WebAsync("explain-name");
        var (code, report) = await Explain.AskAsync(cluster, ns, "pod/client", "http://web");
        Assert.Equal((0, "Delivered"), (code, Text(report, "verdict")));
        var naming = report.GetProperty("naming").EnumerateArray().ToArray();
        Assert.Contains("ndots:5", Text(naming[0], "what"), StringComparison.Ordinal);
        Assert.Contains($"web.{ns}.svc.cluster.local", Text(naming[^1], "what"), StringComparison.Ordinal);
        Assert.Equal($"service/{ns}/web", Text(naming[^1], "object"));
        Assert.Equal(2, report.GetProperty("endpoints").EnumerateArray().Count(e => e.GetProperty("chosen").GetBoolean()));
        Assert.EndsWith("the client's own", Text(report, "seenAs"), StringComparison.Ordinal);
        Assert.Equal("Answered", Text(report.GetProperty("probe"), "answer"));
        Assert.Contains(Text(report.GetProperty("probe"), "endPoint"), report.GetProperty("endpoints").EnumerateArray().Select(e => Text(e, "endPoint")));

        var text = await Shell.RunAsync(TestCluster.Vitrine, ["explain", "pod/client", "svc/web", "--name", cluster.Name, "-n", ns]);
        Assert.Equal(0, text.ExitCode);
        Assert.Contains("ENDPOINT", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task From_the_host_a_LoadBalancer_and_a_node_port_are_told_with_what_the_server_sees()
    {
        var ns = await WebAsync("explain-outside", service: "type: LoadBalancer");
        var balancer = await cluster.EventuallyAsync($"get service web -n {ns} -o jsonpath={{.status.loadBalancer.ingress[0].ip}}", o => o.Length > 0);
        var port = await cluster.KubectlAsync($"get service web -n {ns} -o jsonpath={{.spec.ports[0].nodePort}}");
        foreach (var destination in new[] { $"{balancer}:80", $"http://{balancer}", $"node/node-1:{port}", $"node/node-2:{port}" })
        {
            var (code, report) = await Explain.AskAsync(cluster, ns, "host", destination);
            Assert.Equal((0, destination, "Delivered"), (code, destination, Text(report, "verdict")));
            Assert.Contains(report.GetProperty("forward").EnumerateArray(), h => Text(h, "object") == $"service/{ns}/web");
        }
    }

    [Fact]
    public async Task A_selector_typo_is_found()
    {
        var ns = await WebAsync("explain-selector", selector: "app: wbe");
        await BrokenAsync(ns, "http://web", $"service/{ns}/web", "selector", mend: true);
    }

    [Fact]
    public async Task A_wrong_target_port_is_found()
    {
        var ns = await WebAsync("explain-target", port: "{port: 80, targetPort: 81}");
        await BrokenAsync(ns, "http://web", $"service/{ns}/web", "targetPort", mend: true);
    }

    [Fact]
    public async Task A_missing_named_port_is_found()
    {
        var ns = await WebAsync("explain-named", port: "{port: 80, targetPort: htpp}");
        await BrokenAsync(ns, "http://web", $"service/{ns}/web", "targetPort", mend: true);
    }

    [Fact]
    public async Task Failing_readiness_is_found()
    {
        var ns = await WebAsync("explain-ready", probe: "/nothing-here");
        // Before the server listens its probe is refused, within the same second maybe; what is asked about comes after, of every pod and more than once.
        var pods = (await cluster.KubectlAsync($"get pods -n {ns} -l app=web -o name")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
        await cluster.EventuallyAsync(
            $"get events -n {ns} --field-selector reason=Unhealthy --no-headers -o custom-columns=COUNT:.count,MESSAGE:.message",
            o => pods > 0 && o.Split('\n').Count(static line => line.Contains("404", StringComparison.Ordinal) && !line.StartsWith("1 ", StringComparison.Ordinal)) >= pods);
        var report = await BrokenAsync(ns, "http://web", $"pod/{ns}/web-", "404", prefix: true);
        Assert.StartsWith("kubectl describe pod", Text(report, "command"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Service_without_pods_is_found()
    {
        var ns = await WebAsync("explain-none", replicas: 0);
        await BrokenAsync(ns, "http://web", $"deployment/{ns}/web", "replicas: 0", mend: true);
    }

    [Fact]
    public async Task A_misspelt_name_and_a_wrong_namespace_are_found()
    {
        var ns = await WebAsync("explain-names");
        Assert.Equal("ask for web", Text(await BrokenAsync(ns, "http://wbe", $"service/{ns}/wbe", "no service"), "fix"));
        await cluster.NamespaceAsync("explain-names-b");
        await cluster.PodAsync("explain-names-b", "client", "node-3");
        Assert.Equal($"ask for web.{ns}", Text(await BrokenAsync("explain-names-b", "http://web.explain-names-b", "service/explain-names-b/web", "no service"), "fix"));
    }

    [Fact]
    public async Task Policy_Local_without_a_local_endpoint_is_found()
    {
        var ns = await WebAsync("explain-local", service: "internalTrafficPolicy: Local", node: "node-2");
        await BrokenAsync(ns, "http://web", $"service/{ns}/web", "internalTrafficPolicy", mend: true);
    }

    [Fact]
    public async Task A_source_range_that_leaves_the_client_out_is_found()
    {
        var ns = await WebAsync("explain-ranges", service: "type: LoadBalancer\n  loadBalancerSourceRanges: [203.0.113.0/24]");
        var balancer = await cluster.EventuallyAsync($"get service web -n {ns} -o jsonpath={{.status.loadBalancer.ingress[0].ip}}", o => o.Length > 0);
        await BrokenAsync(ns, $"http://{balancer}", $"service/{ns}/web", "loadBalancerSourceRanges", mend: true);
    }

    /// <summary>Asks, checks who is blamed, and may do what explain says and ask again.</summary>
    private async Task<JsonElement> BrokenAsync(string ns, string destination, string culprit, string why, bool mend = false, bool prefix = false)
    {
        var (code, report) = await Explain.AskAsync(cluster, ns, "pod/client", destination);
        Assert.Equal(1, code);
        Assert.True(prefix ? Text(report, "culprit").StartsWith(culprit, StringComparison.Ordinal) : Text(report, "culprit") == culprit, report.ToString());
        Assert.Contains(why, Text(report, "why"), StringComparison.Ordinal);
        Assert.NotEqual("", Text(report, "fix"));
        if (!mend)
        {
            return report;
        }

        await MendAsync(cluster, report);
        var last = "";
        for (var i = 0; i < 60; i++)
        {
            var again = await Shell.RunAsync(TestCluster.Vitrine, ["explain", "pod/client", destination, "--name", cluster.Name, "-n", ns]);
            if (again.ExitCode == 0)
            {
                return report;
            }

            last = again.All;
            await Task.Delay(TimeSpan.FromMilliseconds(500));
        }

        throw new TimeoutException($"what explain told did not mend it: {last}");
    }

    private async Task<string> WebAsync(
        string name, string selector = "app: web", string port = "{port: 80}", string probe = "/", int replicas = 2, string service = "ipFamilyPolicy: SingleStack", string node = "")
    {
        var ns = await new WebService(name) { Selector = selector, Port = port, Probe = probe, Replicas = replicas, Spec = service, Node = node }.ApplyAsync(cluster);
        await cluster.PodAsync(ns, "client", "node-3");
        return ns;
    }
}
