using Xunit;

[assembly: AssemblyFixture(typeof(Vitrine.Cluster.ThreeNodes))]

namespace Vitrine.Cluster;

/// <summary>The one cluster of three nodes that tests share which do not disturb each other: node-1 is the control plane, node-2 and node-3 run pods.</summary>
public sealed class ThreeNodes() : TestCluster("three", 5, "--nodes", "3")
{
    /// <summary>A pod on a node of choice, running when this returns.</summary>
    public async Task PodAsync(string ns, string name, string node, string image = "debian", string command = "sleep infinity", string more = "")
    {
        var given = await RunAsync(["apply", "-n", ns, "-f", "-"], Pods.One(name, image, command, $"  nodeName: {node}\n{more}"));
        Assert.True(given.ExitCode == 0, given.All);
        await KubectlAsync($"wait -n {ns} pod/{name} --for=condition=Ready --timeout=60s", limit: TimeSpan.FromSeconds(70));
    }
}
