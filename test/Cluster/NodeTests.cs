using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>Nodes come, go, fall silent, die and come back, in a cluster of their own.</summary>
public sealed class NodeTests(NodeTests.OwnCluster cluster) : IClassFixture<NodeTests.OwnCluster>
{
    public sealed class OwnCluster() : TestCluster("nodes", 6, "--nodes", "3", "--node-monitor-grace-period", "4", "--default-toleration-seconds", "2");

    [Fact]
    public async Task A_node_is_added_and_removed_while_the_cluster_runs()
    {
        var added = await cluster.NodeAsync("add", "extra");
        Assert.Contains("joined", added.Output, StringComparison.Ordinal);
        Assert.Contains("Ready", await cluster.KubectlAsync("get node extra --no-headers"), StringComparison.Ordinal);
        Assert.NotEqual(0, (await cluster.TryNodeAsync("add", "extra")).ExitCode);

        await cluster.NodeAsync("remove", "extra");
        Assert.DoesNotContain("extra", await cluster.KubectlAsync("get nodes -o name"), StringComparison.Ordinal);
        Assert.False(Directory.Exists($"{cluster.State}/nodes/extra"));
        Assert.False(File.Exists($"/run/vitrine/{cluster.Name}/ns/extra.net") && (await Shell.RunAsync("findmnt", [$"/run/vitrine/{cluster.Name}/ns/extra.net"])).ExitCode == 0);
        Assert.Contains("has no node extra", (await cluster.TryNodeAsync("remove", "extra")).Error, StringComparison.Ordinal);
    }

    /// <summary>A bridge of its own will takes the lowest MAC of its ports; whoever is plugged in must not take the host's from it.</summary>
    [Fact]
    public async Task Nodes_reach_the_host_over_IPv6_also_right_after_a_port_with_the_lowest_MAC_came_to_the_bridge()
    {
        using var host = new TcpListener(IPAddress.Parse(cluster.OnBridge6(1)), 0);
        host.Start();
        var connect = $"timeout 3 bash -c '</dev/tcp/{((IPEndPoint)host.LocalEndpoint).Address}/{((IPEndPoint)host.LocalEndpoint).Port}'";
        Assert.Equal(0, (await cluster.OnNodeAsync("node-1", connect)).ExitCode);
        try
        {
            foreach (var command in new[] { "add low0 address 02:00:00:00:00:01 type veth peer name low1", $"set low0 master vtr-{cluster.Name} up" })
                Assert.Equal(0, (await Shell.RunAsync("ip", ["link", .. command.Split(' ')])).ExitCode);
            Assert.Equal(0, (await cluster.OnNodeAsync("node-1", connect)).ExitCode);
        }
        finally
        {
            await Shell.RunAsync("ip", ["link", "del", "low0"]);
        }

        Assert.Equal(0, (await cluster.OnNodeAsync("node-1", connect)).ExitCode);
    }

    [Fact]
    public async Task A_node_that_takes_anothers_place_and_address_is_reached_at_once()
    {
        var ns = await cluster.NamespaceAsync("place");
        await cluster.PodAsync(ns, "client", "node-1");
        string? before = null;
        foreach (var node in new[] { "former", "latter" })
        {
            await cluster.NodeAsync("add", node);
            var addresses = await cluster.KubectlAsync($"get node {node} -o jsonpath={{.status.addresses[?(@.type==\"InternalIP\")].address}}");
            Assert.Equal(before ??= addresses, addresses);
            // An address that is still tentative asks for no neighbours, so nothing would be forwarded over IPv6.
            Assert.Equal("", (await cluster.OnNodeAsync(node, "ip -6 addr show dev eth0 tentative")).All.Trim());
            await cluster.PodAsync(ns, node, node, "nginx", "exec nginx -g 'daemon off;'");
            await cluster.EventuallyAsync($"exec -n {ns} {node} -- curl -s -m 1 -o /dev/null -w %{{http_code}} http://localhost/", o => o == "200");
            foreach (var address in await cluster.AddressesAsync(ns, node))
            {
                Assert.Equal("200", await cluster.InPodAsync(ns, "client", $"curl -s -m 2 -o /dev/null -w '%{{http_code}}' http://{TestCluster.Url(address)}/"));
            }

            await cluster.NodeAsync("remove", node);
        }
    }

    [Fact]
    public async Task The_pods_of_a_dead_node_are_replaced_elsewhere_and_it_comes_back_clean()
    {
        await cluster.NodeAsync("add", "mortal");
        var ns = await cluster.NamespaceAsync("dead");
        await cluster.KubectlAsync($"create deployment web -n {ns} --image=nginx --replicas=4");
        await cluster.KubectlAsync($"rollout status deployment/web -n {ns} --timeout=60s", limit: TimeSpan.FromSeconds(70));
        Assert.Contains("mortal", await PlacesAsync(ns), StringComparison.Ordinal);

        await cluster.NodeAsync("stop", "mortal");
        await cluster.EventuallyAsync("get node mortal --no-headers", o => o.Contains("NotReady", StringComparison.Ordinal), seconds: 20);
        Assert.Contains("node.kubernetes.io/unreachable", await cluster.EventuallyAsync("get node mortal -o jsonpath={.spec.taints[*].key}", o => o.Contains("unreachable", StringComparison.Ordinal)), StringComparison.Ordinal);
        await cluster.EventuallyAsync($"get deployment web -n {ns} --no-headers", o => o.Contains("4/4", StringComparison.Ordinal), seconds: 40);

        await cluster.NodeAsync("start", "mortal");
        await cluster.EventuallyAsync("get node mortal --no-headers", o => o.Contains(" Ready", StringComparison.Ordinal), seconds: 20);
        await cluster.EventuallyAsync("get node mortal -o jsonpath={.spec.taints}", o => o.Length == 0, seconds: 20);
        await cluster.EventuallyAsync($"get pods -n {ns} -o name", o => o.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length == 4);
        Assert.DoesNotContain("Terminating", await cluster.KubectlAsync($"get pods -n {ns}"), StringComparison.Ordinal);

        // No container of its last life is left running.
        var running = await cluster.OnNodeAsync("mortal", "ip -br link show type veth | wc -l");
        var expected = (await PlacesAsync(ns)).Split(' ').Count(n => n == "mortal");
        Assert.Equal($"{expected + 1}", running.Output.Trim());
        await cluster.NodeAsync("remove", "mortal");
        await cluster.EventuallyAsync($"get pods -n {ns} -o jsonpath={{.items[*].spec.nodeName}}", o => !o.Contains("mortal", StringComparison.Ordinal), seconds: 30);
    }

    [Fact]
    public async Task A_map_that_is_open_follows_nodes_as_they_come_and_are_switched_off_and_on()
    {
        var ns = await cluster.NamespaceAsync("watched");
        await using var map = await MapPage.OpenAsync(cluster);
        await cluster.NodeAsync("add", "late");
        await SeeAsync("first", "before");
        // Somebody flushes what the map looks by.
        await cluster.OnNodeAsync("late", "for t in $(nft list tables | grep -o 'vitrine-watch-.*'); do nft delete table inet $t; done");
        await SeeAsync("second", "before");
        await cluster.NodeAsync("stop", "late");
        await cluster.NodeAsync("start", "late");
        await cluster.EventuallyAsync("get node late --no-headers", o => o.Contains(" Ready", StringComparison.Ordinal), seconds: 20);
        await cluster.EventuallyAsync("get node late -o jsonpath={.spec.taints}", o => o.Length == 0, seconds: 20);
        await SeeAsync("third", "after");
        await cluster.NodeAsync("remove", "late");
        await Assertions.Expect(map.Thing("node/late")).ToHaveCountAsync(0);

        // A pod of its own for each life of the node; a port of its own for each look, so that nothing seen earlier counts.
        async Task SeeAsync(string what, string pod)
        {
            var port = 8000 + what.Length;
            if ((await cluster.TryAsync($"get pod {pod} -n {ns}")).ExitCode != 0)
                await cluster.PodAsync(ns, pod, "late");
            var line = map.Page.Locator(".streams li", new() { HasTextRegex = new System.Text.RegularExpressions.Regex($"{pod} → .*{port}") });
            await TestCluster.EventuallyAsync(async () =>
            {
                await cluster.InPodAsync(ns, pod, $"curl -s -m 1 -o /dev/null http://{cluster.NodeAddress}:{port} || true");
                return await line.CountAsync() > 0;
            }, $"a connection of {pod} on late is seen");
        }
    }

    /// <summary>VITRINE_ABSENCE is how many seconds the agent is away: ten minutes show no more than ten seconds, but may be asked for.</summary>
    [Fact]
    public async Task Without_its_agent_a_nodes_traffic_flows_on_and_its_pods_names_are_answered_by_other_nodes()
    {
        var absence = int.Parse(Environment.GetEnvironmentVariable("VITRINE_ABSENCE") ?? "10", CultureInfo.InvariantCulture);
        var ns = await cluster.NamespaceAsync("absent");
        // Longer than the absence, so that what runs on the node is not evicted and the same pods answer throughout.
        const string Stay = "  tolerations: [{operator: Exists}]";
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("server", "nginx", "exec nginx -g 'daemon off;'", $"  nodeName: node-2\n{Stay}"));
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("client", "debian", "sleep infinity", $"  nodeName: node-3\n{Stay}"));
        // Asks for a name ten times a second, once each: a second try would hide what is lost.
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("asker", "debian", "while :; do getent ahostsv4 kubernetes.default >/dev/null && echo answered || echo lost; sleep 0.1; done",
            $"  nodeName: node-2\n{Stay}\n  dnsConfig: {{options: [{{name: timeout, value: '1'}}, {{name: attempts, value: '1'}}]}}"));
        await cluster.KubectlAsync($"wait -n {ns} pod/server pod/client pod/asker --for=condition=Ready --timeout=60s", limit: TimeSpan.FromSeconds(70));
        var server = (await cluster.AddressesAsync(ns, "server"))[0];
        await cluster.EventuallyAsync($"exec -n {ns} client -- curl -s -o /dev/null -w %{{http_code}} http://{server}/", o => o == "200");
        var agents = new[] { await cluster.PidAsync("agent-node-2"), await cluster.PidAsync("supervisor") };
        await Shell.RunAsync("kill", ["-STOP", $"{agents[1]}"]);
        try
        {
            await Shell.RunAsync("kill", ["-9", $"{agents[0]}"]);
            await cluster.EventuallyAsync("get node node-2 --no-headers", o => o.Contains("NotReady", StringComparison.Ordinal), seconds: 20);
            // A new connection five times a second, all the while.
            var requests = absence * 5;
            var answers = await cluster.InPodAsync(
                ns, "client", $"for i in $(seq {requests}); do curl -s -m 2 -o /dev/null -w '%{{http_code}}\n' http://{server}/; sleep 0.2; done | sort | uniq -c", TimeSpan.FromSeconds(60 + (absence * 3)));
            Assert.Equal($"{requests} 200", answers.Trim());
            var (code, report) = await Explain.AskAsync(cluster, ns, "pod/asker", "kubernetes.default:443");
            Assert.Equal(0, code);
            Assert.Contains("on node/node-2: sent to the DNS of node/node-", report.ToString(), StringComparison.Ordinal);
            // The question itself, with a probe of it.
            var dns = await cluster.KubectlAsync("get service kube-dns -n kube-system -o jsonpath={.spec.clusterIP}");
            Assert.Equal(0, (await Explain.AskAsync(cluster, ns, "pod/asker", $"{dns}:53/udp")).Code);
            Assert.Equal(0, (await Explain.AskAsync(cluster, ns, "pod/asker", $"{dns}:53/tcp")).Code);
        }
        finally
        {
            await Shell.RunAsync("kill", ["-CONT", $"{agents[1]}"]);
        }

        await cluster.EventuallyAsync("get node node-2 --no-headers", o => o.Contains(" Ready", StringComparison.Ordinal), seconds: 30);
        Assert.Equal("0", await cluster.KubectlAsync($"get pod server -n {ns} -o jsonpath={{.status.containerStatuses[0].restartCount}}"));
        var heard = (await cluster.KubectlAsync($"logs asker -n {ns}")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.DoesNotContain("lost", heard);
        Assert.True(heard.Length > absence * 5, $"{heard.Length} answers");
    }

    [Fact]
    public async Task What_a_containerd_had_begun_when_it_was_killed_is_collected()
    {
        var ns = await cluster.NamespaceAsync("begun");
        var hold = $"/run/vitrine/{cluster.Name}/hold";
        // The plugin has done its work, and its answer is still on the way.
        await File.WriteAllTextAsync(hold, $"#!/bin/sh\nanswer=$({hold}.real)\ncode=$?\n[ \"$CNI_COMMAND$CNI_IFNAME\" = ADDeth0 ] && touch {hold}.added && sleep 3\necho \"$answer\"\nexit $code\n");
        File.Copy(TestCluster.Plugin, $"{hold}.real", overwrite: true);
        File.SetUnixFileMode(hold, (UnixFileMode)0b111_101_101);
        await cluster.NodeAsync("add", "broken");
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("before", "debian", "sleep infinity", "  nodeName: broken"));
        await cluster.KubectlAsync($"wait -n {ns} pod/before --for=condition=Ready --timeout=60s", limit: TimeSpan.FromSeconds(70));
        Assert.True((await cluster.OnNodeAsync("broken", $"mount --bind {hold} {TestCluster.Plugin}")) is { ExitCode: 0 });
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("begun", "debian", "sleep infinity", "  nodeName: broken"));
        for (var patience = 0; !File.Exists($"{hold}.added"); patience++)
        {
            Assert.True(patience < 300, "the plugin was not called");
            await Task.Delay(100);
        }

        await Shell.RunAsync("kill", ["-9", $"{await cluster.PidAsync("containerd-broken")}"]);
        Assert.True((await cluster.OnNodeAsync("broken", $"umount -l {TestCluster.Plugin}")) is { ExitCode: 0 });
        await cluster.KubectlAsync($"wait -n {ns} pod/begun --for=condition=Ready --timeout=60s", limit: TimeSpan.FromSeconds(70));
        await cluster.KubectlAsync($"exec -n {ns} before -- true");
        // A pod's link and its namespace each; the one to the other nodes is called eth0.
        var left = await cluster.OnNodeAsync("broken", $"ip -o link show type veth | grep -vc eth0@; ls /run/vitrine/{cluster.Name}/broken/containerd/io.containerd.grpc.v1.cri/netns | wc -l");
        Assert.Equal("2\n2\n", left.Output);
        await cluster.NodeAsync("remove", "broken");
    }

    [Fact]
    public async Task A_node_that_was_given_up_by_mistake_comes_back_by_itself()
    {
        var agent = await cluster.PidAsync("agent-node-3");
        await Shell.RunAsync("kill", ["-STOP", $"{agent}"]);
        try
        {
            await cluster.EventuallyAsync("get node node-3 --no-headers", o => o.Contains("NotReady", StringComparison.Ordinal), seconds: 20);
        }
        finally
        {
            await Shell.RunAsync("kill", ["-CONT", $"{agent}"]);
        }

        await cluster.EventuallyAsync("get node node-3 --no-headers", o => o.Contains(" Ready", StringComparison.Ordinal), seconds: 20);
        Assert.Equal(agent, await cluster.PidAsync("agent-node-3"));
    }

    [Fact]
    public async Task Draining_respects_a_disruption_budget()
    {
        await cluster.NodeAsync("add", "drained");
        var ns = await cluster.NamespaceAsync("drain");
        await cluster.KubectlAsync($"apply -n {ns} -f -", """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              replicas: 2
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  nodeSelector: {kubernetes.io/hostname: drained}
                  containers: [{name: nginx, image: nginx}]
            """);
        await cluster.KubectlAsync($"create pdb web -n {ns} --selector=app=web --min-available=2");
        await cluster.KubectlAsync($"rollout status deployment/web -n {ns} --timeout=60s", limit: TimeSpan.FromSeconds(70));
        await cluster.EventuallyAsync($"get pdb web -n {ns} -o jsonpath={{.status.currentHealthy}}", o => o == "2");
        var refused = await cluster.TryAsync("drain drained --ignore-daemonsets --timeout=4s");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("Cannot evict pod as it would violate the pod's disruption budget.", refused.All, StringComparison.Ordinal);
        Assert.Contains("SchedulingDisabled", await cluster.KubectlAsync("get node drained --no-headers"), StringComparison.Ordinal);
        Assert.Equal("2", await cluster.KubectlAsync($"get deployment web -n {ns} -o jsonpath={{.status.readyReplicas}}"));

        await cluster.KubectlAsync($"patch deployment web -n {ns} -p {{\"spec\":{{\"template\":{{\"spec\":{{\"nodeSelector\":null}}}}}}}}");
        await cluster.KubectlAsync($"rollout status deployment/web -n {ns} --timeout=60s", limit: TimeSpan.FromSeconds(70));
        await cluster.KubectlAsync("drain drained --ignore-daemonsets --timeout=60s", limit: TimeSpan.FromSeconds(70));
        Assert.DoesNotContain("drained", await PlacesAsync(ns), StringComparison.Ordinal);
        await cluster.KubectlAsync("uncordon drained");
        await cluster.NodeAsync("remove", "drained");
    }

    private async Task<string> PlacesAsync(string ns) => await cluster.KubectlAsync($"get pods -n {ns} -o jsonpath={{.items[*].spec.nodeName}}");
}
