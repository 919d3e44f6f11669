using System.Text.Json;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>kubectl top, and what it reads.</summary>
public sealed class TopTests(SharedCluster cluster)
{
    [Fact]
    public async Task Top_shows_what_nodes_and_pods_use()
    {
        var ns = await cluster.NamespaceAsync("top");
        await cluster.KubectlAsync($"apply -n {ns} -f -", "---\n" + Pods.One("busy", "debian", "while :; do :; done", "    resources: {limits: {cpu: 200m}}"));
        await cluster.KubectlAsync($"label pod busy -n {ns} app=busy");
        await cluster.EventuallyAsync($"get --raw /apis/metrics.k8s.io/v1beta1/namespaces/{ns}/pods", o => o.Contains("\"usage\"", StringComparison.Ordinal), 60);
        await Task.Delay(TimeSpan.FromSeconds(11));
        var metrics = JsonDocument.Parse(await cluster.KubectlAsync($"get --raw /apis/metrics.k8s.io/v1beta1/namespaces/{ns}/pods/busy")).RootElement;
        var cpu = long.Parse(metrics.GetProperty("containers")[0].GetProperty("usage").GetProperty("cpu").GetString()!.TrimEnd('n'), System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(cpu, 100_000_000, 260_000_000);
        Assert.Matches(@"^\d+(\.\d+)?s$", metrics.GetProperty("window").GetString());
        Assert.Matches(@"busy\s+\d{3}m\s+\d+Mi", await cluster.KubectlAsync($"top pod -n {ns} -l app=busy"));
        Assert.Matches(@"busy\s+main\s+\d{3}m\s+\d+Mi", await cluster.KubectlAsync($"top pod -n {ns} --containers"));
        Assert.Matches(@"node-1\s+\d+m\s+\d+%\s+\d+Mi\s+\d+%", await cluster.KubectlAsync("top node"));
        Assert.Contains("NotFound", (await cluster.TryAsync($"get --raw /apis/metrics.k8s.io/v1beta1/namespaces/{ns}/pods/none")).All, StringComparison.Ordinal);
        Assert.Matches(@"pods\s+metrics.k8s.io/v1beta1\s+true\s+PodMetrics", await cluster.KubectlAsync("api-resources"));
    }
}
