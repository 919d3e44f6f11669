using System.Globalization;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>The kernel's connection table is full. Its limit is the whole machine's, so nothing else may run meanwhile.</summary>
[Collection(nameof(HostAlone))]
public sealed class ConnectionTableTests(ThreeNodes cluster)
{
    private const string Limit = "/proc/sys/net/netfilter/nf_conntrack_max";

    [Fact]
    public async Task With_a_full_table_what_stands_goes_on_and_what_is_refused_is_named()
    {
        var ns = await new WebService("full") { Replicas = 1, Node = "node-2" }.ApplyAsync(cluster);
        await cluster.PodAsync(ns, "talker", "node-3");
        await cluster.PodAsync(ns, "client", "node-3");
        await cluster.EventuallyAsync($"exec -n {ns} client -- curl -s -m 2 -o /dev/null -w %{{http_code}} http://web/", o => o == "200");
        // Two a second, one on a connection that stands and one on a new one, each time; all without kubectl, which needs new connections itself.
        var address = await cluster.KubectlAsync($"get service web -n {ns} -o jsonpath={{.spec.clusterIP}}");
        await cluster.InPodAsync(ns, "talker", $"(while true; do printf 'GET / HTTP/1.1\\r\\nHost: web\\r\\n\\r\\n'; sleep 0.5; done | nc {address} 80 >/tmp/heard) >/dev/null 2>&1 &");
        await cluster.InPodAsync(ns, "client", $"(while true; do curl -s -m 1 -o /dev/null -w '%{{http_code}}\\n' http://{address}/ >>/tmp/codes; sleep 0.5; done) >/dev/null 2>&1 &");
        await TestCluster.EventuallyAsync(async () => await StandingAsync() > 2 && (await NewAsync()).Contains("200"), "both are answered");

        var before = (await File.ReadAllTextAsync(Limit)).Trim();
        var (standing, fresh) = (await StandingAsync(), (await NewAsync()).Length);
        await File.WriteAllTextAsync(Limit, "1");
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(4));
            var (code, report) = await Explain.AskAsync(cluster, ns, "pod/client", $"{address}:80");
            Assert.True(code == 1, report.ToString());
            Assert.Equal("node/node-3", report.GetProperty("culprit").GetString());
            Assert.Contains("connection table", report.GetProperty("why").GetString(), StringComparison.Ordinal);
            Assert.Contains("nf_conntrack_max", report.GetProperty("command").GetString(), StringComparison.Ordinal);
            Assert.Contains("connection table", (await Shell.RunAsync(TestCluster.Vitrine, ["doctor"])).Output, StringComparison.Ordinal);
        }
        finally
        {
            await File.WriteAllTextAsync(Limit, before);
        }

        await TestCluster.EventuallyAsync(async () => (await NewAsync())[^1] == "200", "new ones are answered again, with nothing done");
        Assert.Contains("000", (await NewAsync())[fresh..]);
        Assert.True(await StandingAsync() >= standing + 6, "the one that stood went on");

        async Task<int> StandingAsync() => int.Parse(await cluster.InPodAsync(ns, "talker", "grep -ac '^HTTP/1.1 200' /tmp/heard"), CultureInfo.InvariantCulture);

        async Task<string[]> NewAsync() => (await cluster.InPodAsync(ns, "client", "cat /tmp/codes")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
