using Xunit;

namespace Vitrine.Cluster;

/// <summary>`up --egress nat`: pods reach the world behind the host under the host's address; the host's private neighbours they do not.</summary>
public sealed class EgressTests
{
    // TEST-NET-2 (RFC 5737) plays the internet, in a namespace of its own; nothing leaves this machine.
    private const string World = "198.51.100.2";

    [Fact]
    public async Task Pods_reach_the_world_as_the_host_and_no_private_neighbour()
    {
        var cluster = new TestCluster("egress", 9, "--egress", "nat");
        await cluster.DownAsync();
        var forwarding = await ForwardingAsync();
        try
        {
            foreach (var command in new[]
            {
                // What a run that was killed has left.
                "ip netns del egress-world 2>/dev/null || ip link del egress-world 2>/dev/null || :",
                "ip netns add egress-world",
                "ip link add egress-world type veth peer name eth0 netns egress-world",
                "ip addr add 198.51.100.1/30 dev egress-world",
                "ip link set egress-world up",
                $"ip -n egress-world addr add {World}/30 dev eth0",
                "ip -n egress-world addr add 10.99.99.1/32 dev lo",
                "ip -n egress-world link set lo up",
                "ip -n egress-world link set eth0 up",
                "ip route add 10.99.99.1/32 via 198.51.100.2",
                "sysctl -qw net.ipv4.conf.egress-world.forwarding=1",
            })
            {
                var done = await Shell.RunAsync("sh", ["-c", command]);
                Assert.True(done.ExitCode == 0, $"{command}: {done.All}");
            }

            var up = await cluster.UpAsync();
            Assert.True(up.ExitCode == 0, up.All);
            var ns = await cluster.NamespaceAsync("egress");
            await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("box", "debian", "sleep infinity"));
            await cluster.KubectlAsync($"wait -n {ns} pod/box --for=condition=Ready --timeout=60s", limit: TimeSpan.FromSeconds(70));
            var seen = Shell.RunAsync("ip", ["netns", "exec", "egress-world", "timeout", "10", "nc", "-l", "-v", "-n", "-s", World, "-p", "7777"]);
            await Task.Delay(TimeSpan.FromMilliseconds(300));
            await cluster.InPodAsync(ns, "box", $"echo hi | nc -q1 -w3 {World} 7777");
            Assert.Contains("received on 198.51.100.1 ", (await seen).All, StringComparison.Ordinal);

            Assert.Contains("Connection refused", await cluster.InPodAsync(ns, "box", "nc -v -w2 10.99.99.1 7777"), StringComparison.OrdinalIgnoreCase);
        }
        finally
        {
            var down = await cluster.DownAsync();
            await Shell.RunAsync("ip", ["netns", "del", "egress-world"]);
            Assert.True(down.ExitCode == 0, down.All);
        }

        Assert.Equal(forwarding, await ForwardingAsync());
        Assert.DoesNotContain("vitrine-egress", (await Shell.RunAsync("nft", ["list", "tables"])).Output, StringComparison.Ordinal);
    }

    /// <summary>Whether the host forwards what comes in by its own links.</summary>
    private static async Task<string> ForwardingAsync() =>
        (await Shell.RunAsync("sh", ["-c", "grep . /proc/sys/net/ipv4/conf/eth*/forwarding /proc/sys/net/ipv4/conf/en*/forwarding 2>/dev/null | sort"])).Output;
}
