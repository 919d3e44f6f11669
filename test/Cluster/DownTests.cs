using Xunit;

namespace Vitrine.Cluster;

/// <summary>`vitrine down` leaves the host as it was, in good times and after a crash.</summary>
[Collection(nameof(HostAlone))]
public sealed class DownTests
{
    [Fact]
    public async Task After_down_the_host_is_as_before_up()
    {
        var cluster = new TestCluster("clean", 2, "--nodes", "3");
        await cluster.DownAsync();
        var before = await HostTrace.TakeAsync("clean");
        var up = await cluster.UpAsync();
        Assert.True(up.ExitCode == 0, up.All);
        var ns = await cluster.NamespaceAsync("work");
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.Example("localhost.yaml"));
        await cluster.KubectlAsync($"create deployment web -n {ns} --image=nginx --replicas=4");
        await cluster.KubectlAsync($"wait -n {ns} pod/over-localhost --for=condition=Ready --timeout=60s");
        await cluster.KubectlAsync($"rollout status deployment/web -n {ns} --timeout=60s", limit: TimeSpan.FromSeconds(70));
        Assert.Equal(["node-2", "node-3"], (await cluster.KubectlAsync($"get pods -n {ns} -o jsonpath={{.items[*].spec.nodeName}}")).Split(' ').Distinct().Order(StringComparer.Ordinal));
        Assert.NotEmpty((await HostTrace.TakeAsync("clean")).Except(before));

        var down = await cluster.DownAsync();
        Assert.True(down.ExitCode == 0, down.All);
        Assert.Empty((await HostTrace.TakeAsync("clean")).Except(before));
        Assert.DoesNotContain("vitrine-clean", await File.ReadAllTextAsync(cluster.Kubeconfig), StringComparison.Ordinal);
        Assert.Contains("is gone", (await cluster.DownAsync()).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_kill_9_of_everything_down_still_leaves_nothing()
    {
        var cluster = new TestCluster("wreck", 3);
        await cluster.DownAsync();
        var before = await HostTrace.TakeAsync("wreck");
        var held = Path.GetTempFileName();
        var up = await cluster.UpUnderAsync(["nohup", "flock", held]);
        Assert.True(up.ExitCode == 0, up.All);
        // What the cluster leaves running does not hold what its caller held.
        Assert.Equal(0, (await Shell.RunAsync("flock", ["--nonblock", held, "true"])).ExitCode);
        File.Delete(held);
        // Nor is it deaf because its caller was: the supervisor hears of a change of nodes.
        await cluster.NodeAsync("add", "second");
        var ns = await cluster.NamespaceAsync("work");
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("box", "debian", "sleep infinity"));
        await cluster.KubectlAsync($"wait -n {ns} pod/box --for=condition=Ready --timeout=60s");
        foreach (var component in new[] { "supervisor", "server", "agent-node-1", "containerd-node-1" })
        {
            if (await cluster.PidAsync(component) is > 0 and var pid)
            {
                await Shell.RunAsync("kill", ["-9", $"{pid}"]);
            }
        }

        var down = await cluster.DownAsync();
        Assert.True(down.ExitCode == 0, down.All);
        Assert.Empty((await HostTrace.TakeAsync("wreck")).Except(before));
    }
}
