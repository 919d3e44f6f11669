using k8s;
using k8s.Autorest;
using k8s.Models;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>Makes and deletes pods, and holds what the API has against what the nodes have.</summary>
internal sealed class KillPods(TestCluster cluster, Kubernetes client, string ns, IReadOnlyList<string> nodes, Random random)
{
    private const int Kept = 3;
    private readonly HashSet<string> known = [];
    private readonly HashSet<string> unanswered = [];
    private int made;

    /// <summary>One pod more on a node, and one less where it has enough: CNI's ADD and DEL.</summary>
    public async Task ChurnAsync(string node)
    {
        var name = $"{node}-{++made}";
        try
        {
            await client.CoreV1.CreateNamespacedPodAsync(Pod(name, node), ns);
            known.Add(name);
            if (known.Where(one => one.StartsWith(node + "-", StringComparison.Ordinal)).ToList() is { Count: > Kept } here)
            {
                var goes = here[random.Next(here.Count)];
                // From here on it may be gone, whether or not the answer arrives.
                known.Remove(goes);
                unanswered.Add(goes);
                await client.CoreV1.DeleteNamespacedPodAsync(goes, ns, gracePeriodSeconds: 0);
                unanswered.Remove(goes);
            }
        }
        catch (Exception lost) when (lost is HttpRequestException or HttpOperationException or OperationCanceledException or IOException)
        {
            if (!known.Contains(name))
            {
                unanswered.Add(name);
            }
        }
    }

    /// <summary>Waits until the API, the runtime and the links agree.</summary>
    public async Task CheckAsync(TimeSpan patience)
    {
        var fault = "";
        for (var deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds; Environment.TickCount64 < deadline; await Task.Delay(100))
        {
            var pods = (await client.CoreV1.ListNamespacedPodAsync(ns)).Items;
            foreach (var name in unanswered)
            {
                // What became of it is seen now.
                if (pods.FirstOrDefault(pod => pod.Metadata.Name == name) is { } there)
                {
                    known.Add(name);
                }
                else
                {
                    known.Remove(name);
                }
            }

            unanswered.Clear();
            var lost = known.Where(name => pods.All(pod => pod.Metadata.Name != name)).ToList();
            Assert.True(lost.Count == 0, $"acknowledged pods are gone: {string.Join(' ', lost)}");
            known.UnionWith(pods.Where(static pod => pod.Metadata.DeletionTimestamp is null).Select(static pod => pod.Metadata.Name));
            if ((fault = await FaultAsync(pods)).Length == 0)
            {
                return;
            }
        }

        var told = string.Join('\n', (await cluster.TryAsync($"get events -n {ns} --sort-by=.lastTimestamp")).All.Split('\n').TakeLast(15));
        foreach (var node in nodes)
        {
            told += $"\n{node}:\n" + string.Join('\n', (await Shell.RunAsync(TestCluster.Vitrine, ["logs", $"agent-{node}", "--name", cluster.Name])).All.Split('\n').TakeLast(10));
        }

        Assert.Fail($"not within {patience.TotalSeconds:0} s: {fault}\n{told}");
    }

    private async Task<string> FaultAsync(IList<V1Pod> pods)
    {
        var strangers = pods.Select(static pod => pod.Metadata.Name).Except(known).ToList();
        if (strangers.Count > 0)
        {
            return $"pods that should be gone are there: {string.Join(' ', strangers)}";
        }

        if (pods.FirstOrDefault(static pod => pod.Metadata.DeletionTimestamp is not null || pod.Status.ContainerStatuses?.All(static c => c.Ready) != true) is { } unready)
        {
            return $"pod {unready.Metadata.Name} is not ready: {KubernetesJson.Serialize(unready.Status)}";
        }

        if (pods.GroupBy(static pod => pod.Status.PodIP).FirstOrDefault(static same => same.Count() > 1) is { } twice)
        {
            return $"address {twice.Key} is had twice: {string.Join(' ', twice.Select(static pod => pod.Metadata.Name))}";
        }

        foreach (var node in nodes)
        {
            if (await FaultAsync(node, [.. pods.Where(pod => pod.Spec.NodeName == node)]) is { Length: > 0 } fault)
            {
                return $"{node}: {fault}";
            }
        }

        return "";
    }

    private async Task<string> FaultAsync(string node, IReadOnlyList<V1Pod> pods)
    {
        var tasks = await Shell.RunAsync("ctr", ["--address", $"/run/vitrine/{cluster.Name}/{node}/containerd.sock", "-n", "k8s.io", "tasks", "ls"]);
        if (tasks.ExitCode != 0)
        {
            return tasks.All;
        }

        var running = tasks.Output.Split('\n').Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(static words => words is [_, _, "RUNNING"]).Select(static words => words[0]).ToHashSet();
        if (pods.FirstOrDefault(pod => !running.Contains(pod.Status.ContainerStatuses[0].ContainerID.Split("//")[^1])) is { } dead)
        {
            return $"the container of {dead.Metadata.Name} does not run: {dead.Status.ContainerStatuses[0].ContainerID}";
        }

        // A sandbox and a container each.
        if (running.Count != 2 * pods.Count)
        {
            return $"{running.Count} tasks run for {pods.Count} pods";
        }

        var links = (await cluster.OnNodeAsync(node, "ip -o link show type veth")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(static line => !line.Contains(": eth0@", StringComparison.Ordinal));
        return links == pods.Count ? "" : $"{links} links for {pods.Count} pods";
    }

    private static V1Pod Pod(string name, string node) => new()
    {
        Metadata = new V1ObjectMeta { Name = name },
        Spec = new V1PodSpec
        {
            NodeName = node,
            TerminationGracePeriodSeconds = 0,
            AutomountServiceAccountToken = false,
            Containers = [new V1Container { Name = "c", Image = "debian", Command = ["sleep", "infinity"] }],
        },
    };
}
