using System.Globalization;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>The nodes' HTTP proxies in a real cluster: reached from the host by the LoadBalancer's address, and by nobody missed when a process dies.</summary>
public sealed class GatewayProxyTests(GatewayProxyTests.OwnCluster cluster) : IClassFixture<GatewayProxyTests.OwnCluster>
{
    /// <summary>Address, how many, how many seconds they stay. Every other one begins a request, and goes on with a byte each second.</summary>
    private const string IdleClients = """
        import resource, socket, sys, time
        address, count, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        silent = [socket.create_connection((address, 80), 10) for _ in range(count // 2)]
        talking = [socket.create_connection((address, 80), 10) for _ in range(count // 2)]
        def say(s, what):
            try:
                s.sendall(what)
            except OSError:
                pass
        def is_open(s):
            s.setblocking(False)
            try:
                return b"408" not in s.recv(4096) and s.recv(1) != b""
            except BlockingIOError:
                return True
            except OSError:
                return False
        for s in talking:
            say(s, b"GET / HTTP/1.1\r\nX: ")
        for _ in range(seconds):
            time.sleep(1)
            for s in talking:
                say(s, b"x")
        print(f"silent: {sum(map(is_open, silent))} open; talking: {sum(map(is_open, talking))} open")
        """;

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

    [Fact]
    public async Task Ten_thousand_idle_clients_keep_nobody_from_being_served_and_those_that_never_end_their_request_are_cut_off()
    {
        var address = await ServeAsync("gateway-idle", "idle.example");
        var idle = Shell.RunAsync("python3", ["-c", IdleClients, address, "10000", "30"], limit: TimeSpan.FromSeconds(90));
        await TestCluster.EventuallyAsync(async () => await OpenAsync("node-1") + await OpenAsync("node-2") >= 10_000, "all are connected", 30);
        for (var i = 0; i < 50; i++)
            Assert.Equal("200", await AskAsync(address, "idle.example"));
        var seen = await idle;
        // Those that say nothing may stay for 75 s, those in the midst of a header for 20 s.
        Assert.True(seen.Output.Trim() == "silent: 5000 open; talking: 0 open", seen.All);
        Assert.Equal("200", await AskAsync(address, "idle.example"));
        await TestCluster.EventuallyAsync(async () => await OpenAsync("node-1") + await OpenAsync("node-2") < 100, "what they left is closed");

        async Task<int> OpenAsync(string node)
        {
            var metrics = await cluster.OnNodeAsync(node, "curl -s -m 2 http://127.0.0.1:10254/metrics | grep '^vitrine_gateway_connections '");
            return metrics.ExitCode == 0 ? int.Parse(metrics.Output.Split(' ')[1], CultureInfo.InvariantCulture) : 0;
        }
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
