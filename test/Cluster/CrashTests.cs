using Xunit;

namespace Vitrine.Cluster;

/// <summary>kill -9 of one part at a time, in the middle of work: nothing is lost, and it recovers without a hand.</summary>
public sealed class CrashTests(CrashTests.OwnCluster cluster) : IClassFixture<CrashTests.OwnCluster>
{
    public sealed class OwnCluster() : TestCluster("crash", 1);

    [Fact]
    public async Task A_killed_server_forgets_nothing_it_acknowledged()
    {
        var ns = await cluster.NamespaceAsync("killed-server");
        var acknowledged = new List<string>();
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var create = await cluster.TryAsync($"create configmap m{i} -n {ns} --from-literal=a={i}");
                if (create.ExitCode == 0)
                {
                    acknowledged.Add($"configmap/m{i}");
                }
            }
        });
        for (var round = 0; round < 3; round++)
        {
            await WaitAsync(() => Task.FromResult(acknowledged.Count >= (round + 1) * 5));
            await KillAsync("server");
            await cluster.EventuallyAsync("get --raw /readyz", o => o == "ok");
        }

        await stop.CancelAsync();
        await writer;
        var present = (await cluster.KubectlAsync($"get cm -n {ns} -o name")).Split('\n').ToHashSet();
        Assert.Empty(acknowledged.Where(a => !present.Contains(a)));
    }

    [Fact]
    public async Task A_killed_server_knows_custom_kinds_again()
    {
        var ns = await cluster.NamespaceAsync("killed-kinds");
        await cluster.KubectlAsync("apply -f -", CustomResourceTests.Definition("kills", "Kill", "kills.test.example", second: false));
        await cluster.KubectlAsync("wait crd/kills.kills.test.example --for=condition=Established --timeout=10s");
        await cluster.KubectlAsync($"apply -n {ns} -f -", CustomResourceTests.Object("kills", "Kill", "k", "schedule: '* * * * *'"));
        await KillAsync("server");
        await cluster.EventuallyAsync($"get kills k -n {ns} -o jsonpath={{.spec.schedule}}", static o => o == "* * * * *");
        await cluster.KubectlAsync($"apply -n {ns} -f -", CustomResourceTests.Object("kills", "Kill", "after", "schedule: '* * * * *'"));
    }

    [Fact]
    public async Task A_killed_agent_leaves_pods_running_and_finds_them_again()
    {
        var ns = await cluster.NamespaceAsync("killed-agent");
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("box", "debian", "sleep infinity"));
        await cluster.KubectlAsync($"wait -n {ns} pod/box --for=condition=Ready --timeout=45s");
        var before = await ContainerAsync(ns, "box");
        await KillAsync("agent-node-1");
        await WaitAsync(async () => await cluster.PidAsync("agent-node-1") > 0);
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("next", "debian", "sleep infinity"));
        await cluster.KubectlAsync($"wait -n {ns} pod/next --for=condition=Ready --timeout=45s");
        Assert.Equal(before, await ContainerAsync(ns, "box"));
        await cluster.EventuallyAsync($"exec box -n {ns} -- echo alive", o => o == "alive\n");
    }

    [Fact]
    public async Task A_killed_containerd_comes_back_and_its_pods_are_found_again()
    {
        var ns = await cluster.NamespaceAsync("killed-containerd");
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("box", "debian", "sleep infinity"));
        await cluster.KubectlAsync($"wait -n {ns} pod/box --for=condition=Ready --timeout=45s");
        var before = await ContainerAsync(ns, "box");
        await KillAsync("containerd-node-1");
        await WaitAsync(async () => await cluster.PidAsync("containerd-node-1") > 0);
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("next", "debian", "sleep infinity"));
        await cluster.KubectlAsync($"wait -n {ns} pod/next --for=condition=Ready --timeout=60s");
        Assert.Equal(before, await ContainerAsync(ns, "box"));
        await cluster.EventuallyAsync($"exec box -n {ns} -- echo alive", o => o == "alive\n");
    }

    [Fact]
    public async Task Up_on_a_running_cluster_changes_nothing()
    {
        await WaitAsync(async () => await cluster.PidAsync("server") > 0);
        var before = await cluster.PidAsync("server");
        var up = await cluster.UpAsync();
        Assert.NotEqual(0, up.ExitCode);
        Assert.Contains("exists", up.Error, StringComparison.Ordinal);
        var again = await Shell.RunAsync(TestCluster.Vitrine, ["up", "--name", cluster.Name, "--kubeconfig", cluster.Kubeconfig]);
        Assert.True(again.ExitCode == 0, again.All);
        Assert.Equal(before, await cluster.PidAsync("server"));
    }

    private Task<string> ContainerAsync(string ns, string pod) =>
        cluster.KubectlAsync($"get pod {pod} -n {ns} -o jsonpath={{.status.containerStatuses[0].containerID}}/{{.status.containerStatuses[0].restartCount}}");

    [Fact]
    public async Task No_pod_sends_a_packet_past_a_policy_when_it_starts_nor_while_the_agent_is_killed()
    {
        var ns = await new WebService("killed-policy") { Replicas = 1 }.ApplyAsync(cluster);
        await cluster.KubectlAsync($"apply -n {ns} -f -", "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: closed}\nspec: {podSelector: {matchLabels: {sneaks: \"yes\"}}, policyTypes: [Egress]}\n");
        var web = (await cluster.KubectlAsync($"get pods -n {ns} -l app=web -o jsonpath={{.items[0].status.podIP}}")).Trim();
        // Its first instruction, and then as fast as it goes.
        var pods = Enumerable.Range(0, 6).Select(i => Pods.One($"sneak-{i}", "debian", $"while true; do curl -s -m 1 http://{web}/sneak-{i} >/dev/null; done").Replace($"{{name: sneak-{i}}}", $"{{name: sneak-{i}, labels: {{sneaks: \"yes\"}}}}", StringComparison.Ordinal)).ToArray();
        await cluster.KubectlAsync($"apply -n {ns} -f -", string.Join("\n---\n", pods[..3]));
        await KillAsync("agent-node-1");
        await cluster.KubectlAsync($"apply -n {ns} -f -", string.Join("\n---\n", pods[3..]));
        await WaitAsync(async () => await cluster.PidAsync("agent-node-1") > 0);
        await cluster.KubectlAsync($"wait -n {ns} pod -l sneaks=yes --for=condition=Ready --timeout=60s", limit: TimeSpan.FromSeconds(70));
        await KillAsync("agent-node-1");
        await Task.Delay(TimeSpan.FromSeconds(3));
        Assert.DoesNotContain("sneak", await cluster.KubectlAsync($"logs -n {ns} -l app=web --tail=-1"), StringComparison.Ordinal);
        await cluster.KubectlAsync($"delete networkpolicy closed -n {ns}");
        await cluster.EventuallyAsync($"logs -n {ns} -l app=web --tail=-1", o => Enumerable.Range(0, 6).All(i => o.Contains($"sneak-{i}", StringComparison.Ordinal)));
    }

    private async Task KillAsync(string component)
    {
        var pid = await cluster.PidAsync(component);
        Assert.True(pid > 0, $"{component} does not run");
        Assert.Equal(0, (await Shell.RunAsync("kill", ["-9", $"{pid}"])).ExitCode);
        await WaitAsync(() => Task.FromResult(IsGone(pid)));
    }

    private static bool IsGone(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // No such file, or no such process between the open and the read.
            return true;
        }
    }

    private static async Task WaitAsync(Func<Task<bool>> condition)
    {
        for (var deadline = Environment.TickCount64 + 60_000; !await condition(); await Task.Delay(TimeSpan.FromMilliseconds(50)))
        {
            Assert.True(Environment.TickCount64 < deadline, "it did not come to that within a minute");
        }
    }
}
