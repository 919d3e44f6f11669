using System.Globalization;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>By <c>test/kills.sh</c>, a thousand of them, and not with every test run: half an hour is too long for that.</summary>
[Collection(nameof(HostAlone))]
public sealed class KillLoopTests(KillLoopTests.OwnCluster cluster, ITestOutputHelper output) : IClassFixture<KillLoopTests.OwnCluster>
{
    // The more components there are, the more can be killed while others settle.
    private static readonly int Kills = Number("VITRINE_KILLS", 1000);
    private static readonly string[] Nodes = [.. Enumerable.Range(2, Kills > 100 ? 5 : 2).Select(static n => $"node-{n}")];

    public sealed class OwnCluster() : TestCluster("kills", 16, "--nodes", $"{Nodes.Length + 1}", "--lb-pool", "none");

    [Fact(Explicit = true)]
    public async Task Nothing_acknowledged_is_lost_whatever_is_killed()
    {
        var seed = Number("VITRINE_SEED", Environment.TickCount & 0xffff);
        output.WriteLine($"VITRINE_SEED={seed}");
        var ns = await cluster.NamespaceAsync("kills");
        var done = await new KillLoop(cluster, ns, Nodes, seed, output.WriteLine).RunAsync(Kills, Kills > 100 ? TimeSpan.FromMinutes(Number("VITRINE_KILL_MINUTES", 28)) : TimeSpan.FromMinutes(4));
        Assert.True(done >= Kills, $"{done} of {Kills} kills in the time there is; seed {seed}");
    }

    private static int Number(string variable, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : otherwise;
}
