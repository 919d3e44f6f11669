using System.Globalization;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>Chapter 2: every pod its own address, reached from every other without NAT, on one node and across nodes.</summary>
public sealed class PodToPodTests(ThreeNodes cluster)
{
    // Says who asked: what the server sees as the client's address.
    private const string Server = "nc -4 -lk -p 8080 -v -n 2>&1 & nc -6 -lk -p 8080 -v -n 2>&1 & wait";

    [Fact]
    public async Task Every_worker_has_a_range_of_its_own_and_its_pods_have_addresses_of_it()
    {
        var ns = await cluster.NamespaceAsync("series-4");
        await cluster.PodAsync(ns, "a", "node-2");
        await cluster.PodAsync(ns, "b", "node-3");
        foreach (var (pod, node) in new[] { ("a", "node-2"), ("b", "node-3") })
        {
            var ranges = (await cluster.KubectlAsync($"get node {node} -o jsonpath={{.spec.podCIDRs[*]}}")).Split(' ');
            var addresses = await cluster.AddressesAsync(ns, pod);
            Assert.Equal(ranges.Length, addresses.Length);
            Assert.All(ranges.Zip(addresses), r => Assert.True(System.Net.IPNetwork.Parse(r.First).Contains(System.Net.IPAddress.Parse(r.Second)), $"{r}"));
            Assert.Matches($@"{pod}\s+1/1\s+Running\s+0\s+\S+\s+{addresses[0].Replace(".", "\\.", StringComparison.Ordinal)}\s+{node}", await cluster.KubectlAsync($"get pod {pod} -n {ns} -o wide --no-headers"));
        }
    }

    [Fact]
    public async Task A_pods_address_is_seen_from_inside_and_its_veth_and_lease_from_outside()
    {
        var ns = await cluster.NamespaceAsync("series-5");
        await cluster.PodAsync(ns, "a", "node-2");
        var address = (await cluster.AddressesAsync(ns, "a"))[0];
        Assert.Contains(address, await cluster.InPodAsync(ns, "a", "ip -br addr show eth0"), StringComparison.Ordinal);
        Assert.Contains("default via", await cluster.InPodAsync(ns, "a", "ip route"), StringComparison.Ordinal);
        var route = (await cluster.OnNodeAsync("node-2", $"ip route get {address}")).Output;
        var veth = route.Split(' ') is var words ? words[Array.IndexOf(words, "dev") + 1] : "";
        Assert.Contains($"{ns}/a", (await cluster.OnNodeAsync("node-2", $"ip -d link show {veth}")).Output, StringComparison.Ordinal);
        Assert.Contains(address, (await Shell.RunAsync("grep", ["-r", address, $"/var/lib/vitrine/clusters/{cluster.Name}/nodes/node-2/cni"])).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("node-2", "near")]
    [InlineData("node-3", "far")]
    public async Task The_server_sees_the_clients_own_address(string clientNode, string name)
    {
        var ns = await cluster.NamespaceAsync($"series-6-{name}");
        await cluster.PodAsync(ns, "server", "node-2", command: Server);
        await cluster.PodAsync(ns, "client", clientNode);
        foreach (var (server, client) in (await cluster.AddressesAsync(ns, "server")).Zip(await cluster.AddressesAsync(ns, "client")))
        {
            await cluster.InPodAsync(ns, "client", $"echo hello | nc -q1 -w3 {server} 8080");
            await cluster.EventuallyAsync($"logs server -n {ns}", log => log.Contains($"{client} ", StringComparison.Ordinal), seconds: 10);
        }

    }

    [Theory]
    [InlineData("node-2")]
    [InlineData("node-3")]
    public async Task Packets_of_the_full_MTU_arrive_whole_by_ICMP_UDP_and_TCP(string clientNode)
    {
        var ns = await cluster.NamespaceAsync($"series-7-{clientNode}");
        await cluster.PodAsync(ns, "server", "node-2", command: "for f in 4 6; do nc -$f -u -l -k -p 9000 > /tmp/udp$f & nc -$f -l -k -p 9001 > /tmp/tcp$f & done; sleep infinity");
        await cluster.PodAsync(ns, "client", clientNode);
        var mtu = int.Parse(await cluster.InPodAsync(ns, "client", "cat /sys/class/net/eth0/mtu"), CultureInfo.InvariantCulture);
        foreach (var server in await cluster.AddressesAsync(ns, "server"))
        {
            var family = server.Contains(':', StringComparison.Ordinal) ? 6 : 4;
            var header = server.Contains(':', StringComparison.Ordinal) ? 40 : 20;
            var ping = await cluster.InPodAsync(ns, "client", $"ping -c 2 -W 2 -M do -s {mtu - header - 8} {server}");
            Assert.Contains("2 received", ping, StringComparison.Ordinal);
            Assert.Contains("1 packets transmitted, 0 received", await cluster.InPodAsync(ns, "client", $"ping -c 1 -W 1 -M do -s {mtu - header - 7} {server}"), StringComparison.Ordinal);

            await cluster.InPodAsync(ns, "client", $"head -c {mtu - header - 8} /dev/zero | tr '\\0' u | nc -u -w1 -q0 {server} 9000");
            await cluster.InPodAsync(ns, "client", $"head -c 1000000 /dev/zero | tr '\\0' t | nc -q1 -w5 {server} 9001");
            Assert.Equal($"{mtu - header - 8} 1000000", (await cluster.InPodAsync(ns, "server", $"sleep 0.5; echo $(tr -dc u < /tmp/udp{family} | wc -c) $(tr -dc t < /tmp/tcp{family} | wc -c)")).Trim());
        }
    }

    [Fact]
    public async Task Nodes_and_pods_reach_each_other_both_ways()
    {
        var ns = await cluster.NamespaceAsync("series-8");
        await cluster.PodAsync(ns, "a", "node-2", "nginx", "exec nginx -g 'daemon off;'");
        await cluster.PodAsync(ns, "client", "node-3");
        foreach (var address in await cluster.AddressesAsync(ns, "a"))
        {
            var url = TestCluster.Url(address);
            foreach (var node in new[] { "node-1", "node-2", "node-3" })
            {
                var answer = await cluster.OnNodeAsync(node, $"curl -s -g -m 5 http://{url}/");
                Assert.Contains("Welcome to nginx", answer.Output, StringComparison.Ordinal);
            }
        }

        foreach (var node in new[] { "node-1", "node-2", "node-3" })
        {
            foreach (var address in (await cluster.KubectlAsync($"get node {node} -o jsonpath={{.status.addresses[?(@.type==\"InternalIP\")].address}}")).Split(' '))
            {
                Assert.Contains("1 received", await cluster.InPodAsync(ns, "client", $"ping -c 1 -W 2 {address}"), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Outside_the_cluster_a_pod_is_seen_as_its_node_and_from_there_no_pod_is_reached()
    {
        var ns = await cluster.NamespaceAsync("series-9");
        await cluster.PodAsync(ns, "a", "node-2", "nginx", "exec nginx -g 'daemon off;'");
        await using var outside = await OutsideWorld.PlugInAsync(cluster);
        foreach (var family in Enumerable.Range(0, outside.Addresses.Count))
        {
            var world = outside.Addresses[family];
            var node = (await cluster.KubectlAsync("get node node-2 -o jsonpath={.status.addresses[?(@.type==\"InternalIP\")].address}")).Split(' ')[family];
            var pod = (await cluster.AddressesAsync(ns, "a"))[family];
            var url = TestCluster.Url(pod);
            var seen = outside.ListenAsync(world, 7777);
            await Task.Delay(TimeSpan.FromMilliseconds(300));
            await cluster.InPodAsync(ns, "a", $"(echo hi; sleep 0.3) | curl -s -m 2 telnet://{TestCluster.Url(world)}:7777");
            Assert.Contains($"received on {node} ", await seen, StringComparison.Ordinal);

            // The other way the world knows a route to the pods, as an attacker beside the nodes would make one.
            await outside.RunAsync($"ip route replace {pod} via {node}");
            var refused = await outside.RunAsync($"curl -s -g -m 2 http://{url}/ -o /dev/null -w '%{{http_code}}'");
            Assert.Equal("000", refused.Output.Trim());
            Assert.Contains("Welcome to nginx", (await cluster.OnNodeAsync("node-3", $"curl -s -g -m 5 http://{url}/")).Output, StringComparison.Ordinal);
        }
    }
}
