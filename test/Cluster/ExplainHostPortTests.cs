using Xunit;
using static Vitrine.Cluster.Explain;

namespace Vitrine.Cluster;

/// <summary>`vitrine explain` of a port that a pod publishes on its node.</summary>
public sealed class ExplainHostPortTests(ThreeNodes cluster)
{
    [Fact]
    public async Task A_host_port_is_told_from_everywhere_with_the_pod_behind_it()
    {
        var ns = await WebAsync("explain-host-port", 8188, 80);
        foreach (var from in new[] { "pod/client", "pod/web", "host", "node/node-1", "node/node-2" })
        {
            var (code, report) = await Explain.AskAsync(cluster, ns, from, "node/node-2:8188");
            Assert.Equal((0, from, "Delivered"), (code, from, Text(report, "verdict")));
            var hop = Assert.Single(report.GetProperty("forward").EnumerateArray(), h => Text(h, "what").StartsWith("host port 8188", StringComparison.Ordinal));
            Assert.Equal(("node/node-2", $"pod/{ns}/web"), (Text(hop, "where"), Text(hop, "object")));
            Assert.Equal(("Answered", true), (Text(report.GetProperty("probe"), "answer"), report.GetProperty("probe").GetProperty("arrived").GetBoolean()));
        }
        var (_, own) = await Explain.AskAsync(cluster, ns, "pod/client", "node/node-2:8188");
        Assert.EndsWith("the client's own", Text(own, "seenAs"), StringComparison.Ordinal);

        var (elsewhere, told) = await Explain.AskAsync(cluster, ns, "pod/client", "node/node-3:8188");
        Assert.Equal((1, "Refused", $"pod/{ns}/web"), (elsewhere, Text(told, "verdict"), Text(told, "culprit")));
        Assert.Contains("runs on node/node-2 and not here", Text(told, "why"), StringComparison.Ordinal);

        await cluster.KubectlAsync($"apply -n {ns} -f -", """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: nobody}
            spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}
            """);
        var (denied, policy) = await Explain.AskAsync(cluster, ns, "pod/client", "node/node-2:8188");
        Assert.Equal((1, "Dropped", $"networkpolicy/{ns}/nobody"), (denied, Text(policy, "verdict"), Text(policy, "culprit")));
    }

    [Fact]
    public async Task A_host_port_to_a_port_where_nothing_listens_is_the_pods_fault()
    {
        var ns = await WebAsync("explain-host-port-wrong", 8189, 81);
        var (code, report) = await Explain.AskAsync(cluster, ns, "pod/client", "node/node-2:8189");
        Assert.Equal((1, "Refused", $"pod/{ns}/web"), (code, Text(report, "verdict"), Text(report, "culprit")));
        Assert.Contains("something listens on port 80", Text(report, "why"), StringComparison.Ordinal);
    }

    private async Task<string> WebAsync(string name, int hostPort, int port)
    {
        var ns = await cluster.NamespaceAsync(name);
        await cluster.KubectlAsync($"apply -n {ns} -f -", $$$"""
            apiVersion: v1
            kind: Pod
            metadata: {name: web, labels: {app: web}}
            spec: {nodeName: node-2, containers: [{name: nginx, image: nginx, ports: [{containerPort: {{{port}}}, hostPort: {{{hostPort}}}}]}]}
            """);
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("client", "debian", "sleep infinity", "  nodeName: node-3\n  tolerations: [{operator: Exists}]\n"));
        await cluster.KubectlAsync($"wait -n {ns} pod/web pod/client --for=condition=Ready --timeout=60s", limit: TimeSpan.FromSeconds(70));
        return ns;
    }
}
