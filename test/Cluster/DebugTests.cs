using Xunit;

namespace Vitrine.Cluster;

/// <summary>kubectl debug in its three forms, and logs and commands in what it made.</summary>
public sealed class DebugTests(SharedCluster cluster)
{
    [Fact]
    public async Task A_container_is_added_to_a_pod_that_runs_and_sees_its_targets_processes()
    {
        var ns = await cluster.NamespaceAsync("debug-pod");
        await cluster.KubectlAsync($"apply -n {ns} -f -", "---\n" + Pods.One("p", "debian", "sleep 7654321"));
        await cluster.KubectlAsync($"wait -n {ns} pod/p --for=condition=Ready --timeout=60s", limit: TimeSpan.FromSeconds(70));
        var debug = await cluster.RunAsync(["debug", "-n", ns, "p", "-i", "-c", "d", "--image=debian", "--target=main", "--profile=general", "--", "sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '; read line; echo got $line; exit 5"], "words\n", TimeSpan.FromSeconds(60));
        Assert.Contains("sleep 7654321", await cluster.KubectlAsync($"logs -n {ns} p -c d"), StringComparison.Ordinal);
        Assert.True(debug.All.Contains("got words", StringComparison.Ordinal) || (await cluster.KubectlAsync($"logs -n {ns} p -c d")).Contains("got words", StringComparison.Ordinal), debug.All);
        await cluster.EventuallyAsync($"get pod p -n {ns} -o jsonpath={{.status.ephemeralContainerStatuses[0].name}}/{{.status.ephemeralContainerStatuses[0].state.terminated.exitCode}}", o => o == "d/5");
        Assert.Equal("True", await cluster.KubectlAsync($"get pod p -n {ns} -o jsonpath={{.status.conditions[?(@.type==\"Ready\")].status}}"));

        // One that stays: exec and attach find it.
        var second = await cluster.RunAsync(["debug", "-n", ns, "p", "-c", "e", "--image=debian", "--profile=general", "--", "sh", "-c", "while :; do echo tick; sleep 0.2; done"]);
        Assert.True(second.ExitCode == 0, second.All);
        await cluster.EventuallyAsync($"get pod p -n {ns} -o jsonpath={{.status.ephemeralContainerStatuses[?(@.name==\"e\")].state.running.startedAt}}", o => o.Length > 0);
        Assert.Equal("in\n", (await cluster.RunAsync(["exec", "-n", ns, "p", "-c", "e", "--", "echo", "in"])).Output);
        using var attached = Shell.Start("kubectl", ["--kubeconfig", cluster.Kubeconfig, "attach", "-n", ns, "p", "-c", "e"]);
        try
        {
            Assert.Equal("tick", await attached.StandardOutput.ReadLineAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token));
        }
        finally
        {
            attached.Kill();
        }
    }

    [Fact]
    public async Task A_copy_and_a_pod_on_the_node_are_made()
    {
        var ns = await cluster.NamespaceAsync("debug-copy");
        await cluster.KubectlAsync($"apply -n {ns} -f -", "---\n" + Pods.One("p", "debian", "exit 1"));
        var copy = await cluster.RunAsync(["debug", "-n", ns, "p", "--copy-to=q", "--container=main", "--profile=general", "--", "sleep", "infinity"]);
        Assert.True(copy.ExitCode == 0, copy.All);
        await cluster.KubectlAsync($"wait -n {ns} pod/q --for=condition=Ready --timeout=60s", limit: TimeSpan.FromSeconds(70));

        // The node's own network, processes and files.
        var onNode = await cluster.RunAsync(["debug", "-n", ns, "node/node-1", "-i", "--image=debian", "--profile=sysadmin", "--", "sh", "-c", "ls -d /host/etc; ip -o addr; ls /proc | grep -c '^[0-9]'"], "", TimeSpan.FromSeconds(60));
        var name = (await cluster.KubectlAsync($"get pods -n {ns} -o name")).Split('\n').First(n => n.Contains("node-debugger", StringComparison.Ordinal));
        await cluster.EventuallyAsync($"get {name} -n {ns} -o jsonpath={{.status.phase}}", o => o == "Succeeded");
        var said = onNode.Output + await cluster.KubectlAsync($"logs -n {ns} {name}");
        Assert.Contains("/host/etc", said, StringComparison.Ordinal);
        Assert.Contains(cluster.NodeAddress, said, StringComparison.Ordinal);
    }
}
