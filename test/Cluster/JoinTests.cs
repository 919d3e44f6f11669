using System.Diagnostics;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>A machine on another subnet, behind a router, becomes a node by a token; its pods are reached through a tunnel.</summary>
public sealed class JoinTests(JoinTests.OwnCluster cluster) : IClassFixture<JoinTests.OwnCluster>
{
    public sealed class OwnCluster() : TestCluster("join", 7, "--nodes", "2");

    [Fact]
    public async Task A_machine_behind_a_router_joins_and_its_pods_are_reached_both_ways_at_the_tunnels_MTU()
    {
        await using var machine = await FarMachine.PlugInAsync(cluster, "far");
        var command = (await Shell.RunAsync(TestCluster.Vitrine, ["token", "create", "--name", cluster.Name])).Output.Trim();
        Assert.StartsWith("vitrine node join --server https://172.29.7.1:", command, StringComparison.Ordinal);
        using var join = machine.Start($"{TestCluster.Vitrine}{command["vitrine".Length..]} --node-name far");
        try
        {
            await cluster.EventuallyAsync("get node far --no-headers", o => o.Contains(" Ready", StringComparison.Ordinal), seconds: 30);
            Assert.Equal(machine.Address, await cluster.KubectlAsync("get node far -o jsonpath={.status.addresses[?(@.type==\"InternalIP\")].address}"));
            Assert.Equal("kubernetes.io/kube-apiserver-client-kubelet kubernetes.io/kubelet-serving", string.Join(' ', (await cluster.KubectlAsync("get csr -o jsonpath={.items[*].spec.signerName}")).Split(' ').Order(StringComparer.Ordinal)));

            var ns = await cluster.NamespaceAsync("join");
            await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("near", "nginx", "exec nginx -g 'daemon off;'", "  nodeName: node-2"));
            await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("there", "nginx", "exec nginx -g 'daemon off;'", "  nodeName: far"));
            await cluster.KubectlAsync($"wait -n {ns} pod/near pod/there --for=condition=Ready --timeout=60s", limit: TimeSpan.FromSeconds(70));
            foreach (var (from, to) in new[] { ("near", "there"), ("there", "near") })
            {
                var target = (await cluster.AddressesAsync(ns, to))[0];
                Assert.Equal("200", await cluster.InPodAsync(ns, from, $"curl -s -m 5 -o /dev/null -w '%{{http_code}}' http://{target}/"));
                var client = (await cluster.AddressesAsync(ns, from))[0];
                Assert.Contains($"{client} - -", await cluster.KubectlAsync($"logs {to} -n {ns}"), StringComparison.Ordinal);
            }

            // VXLAN over IPv4 takes 50 bytes; a packet that is too large is said so, not lost.
            await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("pinger", "debian", "sleep infinity", "  nodeName: node-2"));
            await cluster.KubectlAsync($"wait -n {ns} pod/pinger --for=condition=Ready --timeout=60s", limit: TimeSpan.FromSeconds(70));
            var there = (await cluster.AddressesAsync(ns, "there"))[0];
            Assert.Contains("2 received", await cluster.InPodAsync(ns, "pinger", $"ping -c 2 -W 2 -M do -s {1450 - 28} {there}"), StringComparison.Ordinal);
            Assert.Contains("mtu", await cluster.InPodAsync(ns, "pinger", $"ping -c 2 -W 2 -M do -s {1472} {there}"), StringComparison.OrdinalIgnoreCase);
            Assert.Contains("exec works", await cluster.InPodAsync(ns, "there", "echo exec works"), StringComparison.Ordinal);
            Assert.Contains("vtr-vxlan", (await cluster.OnNodeAsync("node-2", $"ip route get {there}")).Output, StringComparison.Ordinal);
        }
        finally
        {
            await Shell.RunAsync("kill", ["-TERM", $"{join.Id}"]);
            await join.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
            await machine.RunAsync($"{TestCluster.Vitrine} node leave {FarMachine.Folders("far")}");
            await cluster.TryAsync("delete node far");
        }
    }

    [Fact]
    public async Task A_wrong_authority_a_wrong_token_and_a_token_without_a_hash_are_refused()
    {
        var command = (await Shell.RunAsync(TestCluster.Vitrine, ["token", "create", "--name", cluster.Name])).Output.Trim().Split(' ');
        var server = command[Array.IndexOf(command, "--server") + 1];
        var token = command[Array.IndexOf(command, "--token") + 1];
        var hash = command[Array.IndexOf(command, "--discovery-token-ca-cert-hash") + 1];
        foreach (var (arguments, said) in new[]
        {
            ($"--token {token}", "nothing says whether the server is the right one"),
            ($"--token {token} --discovery-token-ca-cert-hash sha256:{new string('0', 64)}", "is not the cluster that was asked for"),
            ($"--token {token[..7]}0000000000000000 --discovery-token-ca-cert-hash {hash}", "does not know this token"),
            ("--token nonsense", "is no bootstrap token"),
        })
        {
            var folder = Directory.CreateTempSubdirectory("vitrine-join-").FullName;
            var refused = await Shell.RunAsync(TestCluster.Vitrine, [.. $"node join --server {server} --data-dir {folder}/data --run-dir {folder}/run {arguments}".Split(' ')]);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains(said, refused.Error, StringComparison.Ordinal);
            Assert.DoesNotContain(token[7..], refused.All, StringComparison.Ordinal);
            Assert.False(File.Exists($"{folder}/data/kubeconfig"));
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Network and mount namespaces that play a machine of another subnet, behind a router that is plugged into the cluster's bridge.</summary>
    private sealed class FarMachine : IAsyncDisposable
    {
        private readonly string name;

        private FarMachine(string name) => this.name = name;

        public string Address => "172.29.77.2";

        public static string Folders(string name) => $"--data-dir /var/lib/vitrine/join-{name} --run-dir /run/vitrine-join-{name}";

        public static async Task<FarMachine> PlugInAsync(OwnCluster cluster, string name)
        {
            var machine = new FarMachine(name);
            await machine.DisposeAsync();
            foreach (var command in new[]
            {
                $"ip netns add {name}-router",
                $"ip netns add {name}",
                // Nothing of the far subnet may leave by the machine's own uplink.
                "ip route replace blackhole 172.29.77.0/24 metric 4000",
                $"ip link add {name}-r type veth peer name eth0 netns {name}-router",
                $"ip link set {name}-r master vtr-{cluster.Name} up",
                $"ip -n {name}-router link add eth1 type veth peer name eth0 netns {name}",
                $"ip -n {name}-router addr add 172.29.7.254/24 dev eth0",
                $"ip -n {name}-router addr add 172.29.77.1/24 dev eth1",
                $"ip -n {name} addr add 172.29.77.2/24 dev eth0",
                $"ip -n {name}-router link set eth0 up",
                $"ip -n {name}-router link set eth1 up",
                $"ip -n {name} link set eth0 up",
                $"ip -n {name} link set lo up",
                $"ip netns exec {name}-router sysctl -qw net.ipv4.ip_forward=1",
                $"ip -n {name} route add default via 172.29.77.1",
                $"ip route replace 172.29.77.0/24 via 172.29.7.254 dev vtr-{cluster.Name}",
                $"nsenter --net=/run/vitrine/{cluster.Name}/ns/node-1.net ip route replace 172.29.77.0/24 via 172.29.7.254",
                $"nsenter --net=/run/vitrine/{cluster.Name}/ns/node-2.net ip route replace 172.29.77.0/24 via 172.29.7.254",
            })
            {
                var done = await Shell.RunAsync("sh", ["-c", command]);
                Assert.True(done.ExitCode == 0, $"{command}: {done.All}");
            }

            return machine;
        }

        /// <summary>A program on the machine; its pid is the one started here.</summary>
        public Process Start(string command) => Shell.Start(
            "nsenter",
            [$"--net=/run/netns/{name}", "unshare", "--mount", "--propagation", "private", "sh", "-c", $"mkdir -p /run/netns; mount -t tmpfs tmpfs /run/netns; mount --make-rshared /; exec {command} {Folders(name)}"]);

        public Task<ShellResult> RunAsync(string command) => Shell.RunAsync("nsenter", [$"--net=/run/netns/{name}", "sh", "-c", command]);

        public async ValueTask DisposeAsync()
        {
            foreach (var command in new[] { $"ip netns del {name}", $"ip netns del {name}-router", "ip route del 172.29.77.0/24 via 172.29.7.254", "ip route del blackhole 172.29.77.0/24 metric 4000" })
            {
                await Shell.RunAsync("sh", ["-c", command]);
            }
        }
    }
}
