using Xunit;

namespace Vitrine.Cluster;

/// <summary>A node that is always short of memory by its own reckoning, and that is switched off in good order at the end.</summary>
[Collection(nameof(HostAlone))]
public sealed class NodePressureTests
{
    [Fact]
    public async Task A_node_without_memory_evicts_by_priority_and_a_shutdown_ends_the_critical_last()
    {
        var outcome = Directory.CreateTempSubdirectory("vitrine-pressure-").FullName;
        var cluster = new TestCluster("pressure", 15, "--lb-pool", "none", "--agent-arg=--eviction-hard=memory.available<99%", "--agent-arg=--eviction-pressure-transition-period=5",
            "--agent-arg=--image-gc-high-threshold=1", "--agent-arg=--image-gc-low-threshold=0", "--agent-arg=--minimum-image-ttl-duration=1", "--agent-arg=--image-gc-period=2");
        await cluster.InitializeAsync();
        try
        {
            await cluster.EventuallyAsync("get node node-1 -o jsonpath={.status.conditions[?(@.type==\"MemoryPressure\")].status}", o => o == "True");
            await cluster.EventuallyAsync("get node node-1 -o jsonpath={.spec.taints[*].key}", o => o.Contains("node.kubernetes.io/memory-pressure", StringComparison.Ordinal));
            await cluster.KubectlAsync("apply -f -", "---\n" + Pod("best-effort", "", "sleep infinity") + "\n---\n" + Pod("burstable", "resources: {requests: {memory: 1Mi}}", "sleep infinity"));
            await cluster.EventuallyAsync("get pod best-effort -o jsonpath={.status.phase}/{.status.reason}/{.status.message}", o => o == "Failed/Evicted/Pod was rejected: The node had condition: [MemoryPressure]. ");
            var evicted = await cluster.EventuallyAsync("get pod burstable -o jsonpath={.status.phase}/{.status.reason}/{.status.message}", o => o.StartsWith("Failed/Evicted/The node was low on resource: memory. Threshold quantity: ", StringComparison.Ordinal));
            Assert.Contains("available: ", evicted, StringComparison.Ordinal);
            await cluster.EventuallyAsync("get events --field-selector reason=Evicted", o => o.Contains("low on resource: memory", StringComparison.Ordinal));

            // An image nobody uses goes, and can be had again; the critical pods and their image stay.
            await cluster.KubectlAsync("apply -f -", "---\n" + Pod("web", "", "exit 0", "priorityClassName: system-node-critical\n  restartPolicy: Never", image: "nginx"));
            await cluster.EventuallyAsync("get pod web -o jsonpath={.status.phase}", o => o == "Succeeded");
            Assert.Contains("nginx", (await ImagesAsync(cluster)).Output, StringComparison.Ordinal);
            await cluster.KubectlAsync("delete pod web --timeout=30s");
            await TestCluster.EventuallyAsync(async () => !(await ImagesAsync(cluster)).Output.Contains("nginx", StringComparison.Ordinal), "the unused image is gone", 30);
            await cluster.KubectlAsync("apply -f -", "---\n" + Pod("web", "", "exit 0", "priorityClassName: system-node-critical\n  restartPolicy: Never", image: "nginx"));
            await cluster.EventuallyAsync("get pod web -o jsonpath={.status.phase}", o => o == "Succeeded");

            await cluster.KubectlAsync("apply -f -", "---\n" + Pod("critical", "", $"trap 'sleep 1; date +%s%N > /out/critical; exit 0' TERM; while :; do sleep 0.05; done", "priorityClassName: system-node-critical", outcome));
            await cluster.KubectlAsync("wait pod/critical --for=condition=Ready --timeout=60s", limit: TimeSpan.FromSeconds(70));
            await Task.Delay(TimeSpan.FromSeconds(12));
            Assert.Equal("Running", await cluster.KubectlAsync("get pod critical -o jsonpath={.status.phase}"));

            var down = await Shell.RunAsync(TestCluster.Vitrine, ["down", "--name", cluster.Name, "--grace", "20"], limit: TimeSpan.FromMinutes(2));
            Assert.True(down.ExitCode == 0, down.All);
            Assert.True(File.Exists(Path.Combine(outcome, "critical")), "the pod was killed before its time");
        }
        finally
        {
            await cluster.DisposeAsync();
            Directory.Delete(outcome, recursive: true);
        }
    }

    private static Task<ShellResult> ImagesAsync(TestCluster cluster) => Shell.RunAsync("ctr", ["--address", $"/run/vitrine/{cluster.Name}/node-1/containerd.sock", "-n", "k8s.io", "images", "ls", "-q"]);

    private static string Pod(string name, string container, string command, string pod = "", string folder = "/tmp", string image = "debian") => $$$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: {{{name}}}}
        spec:
          nodeName: node-1
          terminationGracePeriodSeconds: 10
          {{{pod}}}
          volumes: [{name: out, hostPath: {path: {{{folder}}} }}]
          containers:
          - name: main
            image: {{{image}}}
            command: [sh, -c, "{{{command}}}"]
            volumeMounts: [{name: out, mountPath: /out}]
            {{{container}}}
        """;
}
