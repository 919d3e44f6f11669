using System.Globalization;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>The nodes' HTTP proxies in a real cluster: reached from the host by the LoadBalancer's address, and by nobody missed when a process dies.</summary>
public sealed class GatewayProxyTests(GatewayProxyTests.OwnCluster cluster) : IClassFixture<GatewayProxyTests.OwnCluster>
{
    /// <summary>Whose agents and proxies may be killed.</summary>
    public sealed class OwnCluster() : TestCluster("proxies", 11, "--nodes", "2");

    [Fact]
    public async Task An_Ingress_answers_on_its_address_and_goes_on_while_the_agents_are_dead()
    {
        var address = await ServeAsync("gateway-proxy", "agents.example");
        foreach (var node in new[] { "node-1", "node-2" })
            await Shell.RunAsync("kill", ["-9", (await cluster.PidAsync($"agent-{node}")).ToString(CultureInfo.InvariantCulture)]);
        for (var i = 0; i < 200; i++)
            Assert.Equal("200", await AskAsync(address, "agents.example"));
        await TestCluster.EventuallyAsync(async () => (await cluster.StatusAsync()).GetProperty("ready").GetBoolean(), "the agents are back", 60);
    }

    [Fact]
    public async Task A_proxy_that_was_killed_is_back_with_its_plan()
    {
        var address = await ServeAsync("gateway-killed", "killed.example");
        foreach (var node in new[] { "node-1", "node-2" })
            await Shell.RunAsync("kill", ["-9", (await cluster.PidAsync($"gateway-{node}")).ToString(CultureInfo.InvariantCulture)]);
        await TestCluster.EventuallyAsync(async () => await AskAsync(address, "killed.example") == "200", "the proxies serve again", 30);
    }

    private async Task<string> ServeAsync(string name, string host)
    {
        var ns = await new WebService(name).ApplyAsync(cluster);
        await cluster.KubectlAsync($"create ingress web -n {ns} --class=vitrine --rule={host}/*=web:80");
        var address = await cluster.EventuallyAsync($"get ingress -n {ns} web -o jsonpath={{.status.loadBalancer.ingress[0].ip}}", o => o.Length > 0);
        await TestCluster.EventuallyAsync(async () => await AskAsync(address, host) == "200", $"{host} is served", 30);
        return address;
    }

    private static async Task<string> AskAsync(string address, string host) =>
        (await Shell.RunAsync("curl", ["--noproxy", "*", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-m", "3", "-H", $"Host: {host}", $"http://{address}/"])).Output.Trim();
}
