using Xunit;

namespace Vitrine.Cluster;

/// <summary>A network namespace that plays a machine outside a cluster: plugged into the nodes' bridge, but no node.</summary>
public sealed class OutsideWorld : IAsyncDisposable
{
    private static int plugged;
    private readonly string name;

    private OutsideWorld(string name, IReadOnlyList<string> addresses) => (this.name, Addresses) = (name, addresses);

    /// <summary>Its addresses, one of each family of the cluster.</summary>
    public IReadOnlyList<string> Addresses { get; }

    /// <param name="cluster">whose bridge</param>
    /// <param name="host">the last part of its addresses, where it matters: 190 to 199, which nobody else is given</param>
    public static async Task<OutsideWorld> PlugInAsync(TestCluster cluster, int? host = null)
    {
        // One for each that asks: tests of a shared cluster run side by side. Nodes are below these addresses, load balancers above.
        var number = host - 100 ?? Interlocked.Increment(ref plugged) % 90;
        var name = $"out{number}-{cluster.Name}";
        var v4 = cluster.NodeCidr.Replace(".0/24", $".{100 + number}", StringComparison.Ordinal);
        var v6 = cluster.OnBridge6(100 + number);
        await Shell.RunAsync("ip", ["netns", "del", name]);
        foreach (var command in new[]
        {
            $"ip netns add {name}",
            $"ip link add {name} mtu 1500 type veth peer name eth0 netns {name}",
            $"ip link set {name} master vtr-{cluster.Name} up",
            $"ip -n {name} link set lo up",
            $"ip -n {name} addr add {v4}/24 dev eth0",
            $"ip -n {name} addr add {v6}/64 dev eth0 nodad",
            $"ip -n {name} link set eth0 up",
        })
        {
            var done = await Shell.RunAsync("sh", ["-c", command]);
            Assert.True(done.ExitCode == 0, $"{command}: {done.All}");
        }

        return new OutsideWorld(name, [v4, v6]);
    }

    /// <summary>A shell command in the outside world.</summary>
    public Task<ShellResult> RunAsync(string command) => Shell.RunAsync("ip", ["netns", "exec", name, "sh", "-c", command]);

    /// <summary>Accepts one connection and says whom it is from.</summary>
    public async Task<string> ListenAsync(string address, int port) =>
        (await Shell.RunAsync("ip", ["netns", "exec", name, "timeout", "10", "nc", "-l", "-v", "-n", "-s", address, "-p", $"{port}"])).All;

    public async ValueTask DisposeAsync() => await Shell.RunAsync("ip", ["netns", "del", name]);
}
