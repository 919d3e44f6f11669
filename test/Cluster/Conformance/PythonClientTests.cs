using Xunit;

namespace Vitrine.Cluster.Conformance;

/// <summary>The official Python client, as Debian packs it, against the running cluster.</summary>
public sealed class PythonClientTests(SharedCluster cluster)
{
    [Fact]
    public async Task What_the_client_offers_works()
    {
        var ns = await cluster.NamespaceAsync("python");
        var said = await Shell.RunAsync("/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "Conformance", "client.py"), cluster.Kubeconfig, ns], limit: TimeSpan.FromMinutes(3));
        Assert.True(said.ExitCode == 0 && said.Output.EndsWith("all seen\n", StringComparison.Ordinal), said.All);
    }
}
