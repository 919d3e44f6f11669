using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using k8s;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>
/// kill -9 at random, of the server, agents, containerds and the CNI plugin, while ConfigMaps and pods are written; after each: what was acknowledged is there, no
/// version goes back, nothing deleted returns, and the API's pods are the runtimes', each with one link.
/// </summary>
internal sealed class KillLoop
{
    // The supervisor's pause stays at its shortest for a component that ran this long.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TestCluster cluster;
    private readonly IReadOnlyList<string> nodes;
    private readonly Random random;
    private readonly Action<string> say;
    private readonly Kubernetes client;
    private readonly KillWriter writer;
    private readonly KillPods pods;
    private readonly PluginTrap[] traps;
    private readonly Dictionary<string, long> restarted = [];
    private readonly SortedDictionary<string, int> killed = [];

    public KillLoop(TestCluster cluster, string ns, IReadOnlyList<string> nodes, int seed, Action<string> say)
    {
        (this.cluster, this.nodes, this.say) = (cluster, nodes, say);
        random = new Random(seed);
        client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.Kubeconfig)) { HttpClient = { Timeout = TimeSpan.FromSeconds(5) } };
        writer = new KillWriter(client, ns, new Random(seed + 1));
        pods = new KillPods(cluster, client, ns, nodes, new Random(seed + 2));
        traps = [.. nodes.Select(node => new PluginTrap(cluster, node))];
    }

    /// <returns>How many were killed: as many as wanted, or fewer when the time was over.</returns>
    public async Task<int> RunAsync(int wanted, TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        foreach (var trap in traps)
        {
            await trap.SetAsync();
        }

        foreach (var node in nodes)
        {
            await pods.ChurnAsync(node);
        }

        await pods.CheckAsync(Patience);
        var kills = 0;
        for (var round = 1; kills < wanted && clock.Elapsed < limit; round++)
        {
            using (var stop = new CancellationTokenSource())
            {
                var writing = writer.RunAsync(stop.Token);
                await pods.ChurnAsync(nodes[random.Next(nodes.Count)]);
                await Task.Delay(random.Next(200));
                kills += await KillAsync();
                await stop.CancelAsync();
                await writing;
            }

            await cluster.EventuallyAsync("get --raw /readyz", static o => o == "ok");
            await writer.CheckAsync();
            await pods.CheckAsync(Patience);
            if (round % 20 == 0 || kills >= wanted)
            {
                say(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed:mm\\:ss}  {kills} kills ({string.Join(", ", killed.Select(static k => $"{k.Value} {k.Key}"))}), {writer.Acknowledged} writes acknowledged"));
            }
        }

        return kills;
    }

    /// <summary>The plugin, one or more of the components, or both.</summary>
    private async Task<int> KillAsync()
    {
        var ready = (await ComponentsAsync()).Where(one => Environment.TickCount64 - restarted.GetValueOrDefault(one.Name, long.MinValue / 2) > Settled.TotalMilliseconds).ToList();
        var count = 0;
        // First, since the plugin is called only while the others work.
        if ((ready.Count == 0 || random.Next(2) == 0) && random.Next(nodes.Count) is var at && await traps[at].KillAsync(random.Next(2500), () => pods.ChurnAsync(nodes[at])))
        {
            Count("cni");
            count++;
        }

        for (var more = count == 0 || random.Next(2) == 0; more && ready.Count > 0; more = random.Next(3) == 0)
        {
            var (name, pid) = ready[random.Next(ready.Count)];
            ready.RemoveAll(one => one.Name == name);
            Assert.Equal(0, (await Shell.RunAsync("kill", ["-9", $"{pid}"])).ExitCode);
            restarted[name] = Environment.TickCount64;
            Count(name.Split('-')[0]);
            count++;
        }

        // Writes go on while something is away and when it is back.
        await Task.Delay(200);
        return count;
    }

    private void Count(string what) => killed[what] = killed.GetValueOrDefault(what) + 1;

    private async Task<IReadOnlyList<(string Name, int Pid)>> ComponentsAsync() =>
        [.. (await cluster.StatusAsync()).GetProperty("components").EnumerateArray()
            .Where(static c => c.GetProperty("pid").ValueKind == JsonValueKind.Number)
            .Select(static c => (Name: c.GetProperty("name").GetString()!, Pid: c.GetProperty("pid").GetInt32()))
            .Where(static c => c.Name == "server" || c.Name.StartsWith("agent-", StringComparison.Ordinal) || c.Name.StartsWith("containerd-", StringComparison.Ordinal))];
}
