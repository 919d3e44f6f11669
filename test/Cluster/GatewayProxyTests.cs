using System.Globalization;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>The nodes' HTTP proxies in a real cluster: reached from the host by the LoadBalancer's address, and by nobody missed when a process dies.</summary>
public sealed class GatewayProxyTests(GatewayProxyTests.OwnCluster cluster) : IClassFixture<GatewayProxyTests.OwnCluster>
{
    /// <summary>Whose agents and proxies may be killed.</summary>
    public sealed class OwnCluster() : TestCluster("proxies", 11, "--nodes", "2");

    private const string Web = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - {name: web, image: nginx, ports: [{containerPort: 80}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {selector: {app: web}, ports: [{port: 80}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web}
        spec:
          ingressClassName: vitrine
          rules:
          - host: HOST
            http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
        """;

    [Fact]
    public async Task An_Ingress_answers_on_its_address_and_goes_on_while_the_agents_are_dead()
    {
        var ns = await cluster.NamespaceAsync("gateway-proxy");
        var address = await ServeAsync(ns, "agents.example");
        foreach (var node in new[] { "node-1", "node-2" })
            await Shell.RunAsync("kill", ["-9", (await cluster.PidAsync($"agent-{node}")).ToString(CultureInfo.InvariantCulture)]);
        for (var i = 0; i < 200; i++)
            Assert.Equal("200", await AskAsync(address, "agents.example"));
        await TestCluster.EventuallyAsync(async () => (await cluster.StatusAsync()).GetProperty("ready").GetBoolean(), "the agents are back", 60);
    }

    [Fact]
    public async Task A_proxy_that_was_killed_is_back_with_its_plan()
    {
        var ns = await cluster.NamespaceAsync("gateway-killed");
        var address = await ServeAsync(ns, "killed.example");
        foreach (var node in new[] { "node-1", "node-2" })
            await Shell.RunAsync("kill", ["-9", (await cluster.PidAsync($"gateway-{node}")).ToString(CultureInfo.InvariantCulture)]);
        await TestCluster.EventuallyAsync(async () => await AskAsync(address, "killed.example") == "200", "the proxies serve again", 30);
    }

    private async Task<string> ServeAsync(string ns, string host)
    {
        await cluster.KubectlAsync($"apply -n {ns} -f -", Web.Replace("HOST", host, StringComparison.Ordinal));
        await cluster.KubectlAsync($"rollout status -n {ns} deploy/web --timeout=90s");
        var address = await cluster.EventuallyAsync($"get ingress -n {ns} web -o jsonpath={{.status.loadBalancer.ingress[0].ip}}", o => o.Length > 0);
        await TestCluster.EventuallyAsync(async () => await AskAsync(address, host) == "200", $"{host} is served", 30);
        return address;
    }

    private static async Task<string> AskAsync(string address, string host) =>
        (await Shell.RunAsync("curl", ["--noproxy", "*", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-m", "3", "-H", $"Host: {host}", $"http://{address}/"])).Output.Trim();
}
