using Xunit;

namespace Vitrine.Cluster;

/// <summary>A cluster without addresses for LoadBalancer Services (`up --lb-pool none`).</summary>
public sealed class NoPoolTests(SharedCluster cluster)
{
    [Fact]
    public async Task A_LoadBalancer_is_pending_with_an_event_that_says_why_and_its_node_port_serves()
    {
        var ns = await new WebService("no-pool") { Spec = "type: LoadBalancer", Replicas = 1 }.ApplyAsync(cluster);
        Assert.Contains("no pool of LoadBalancer addresses", await cluster.EventuallyAsync($"get events -n {ns} --field-selector involvedObject.name=web -o jsonpath={{.items[*].message}}", o => o.Contains("pool", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("<pending>", await cluster.KubectlAsync($"get service web -n {ns} --no-headers"), StringComparison.Ordinal);
        var port = await cluster.KubectlAsync($"get service web -n {ns} -o jsonpath={{.spec.ports[0].nodePort}}");
        Assert.StartsWith("web-", (await Shell.RunAsync("curl", ["--noproxy", "*", "-s", "-m", "5", $"http://{cluster.NodeAddress}:{port}/"])).Output, StringComparison.Ordinal);
    }
}
