using Grpc.Core;
using k8s.Models;
using Vitrine.Agent.Cri;

namespace Vitrine.Agent.Pods;

/// <summary>Stops containers with their hooks and grace, then takes a pod's sandbox, cgroup, volumes and logs away.</summary>
internal sealed class PodTermination(NodeContext node, LifecycleHooks hooks)
{
    // A preStop hook that used up the grace leaves this much to the process itself, as upstream.
    private static readonly TimeSpan ShortestGrace = TimeSpan.FromSeconds(2);

    /// <summary>Stops every running container at once.</summary>
    public async Task StopContainersAsync(V1Pod pod, RuntimePod runtime, TimeSpan grace, CancellationToken ct) =>
        await Task.WhenAll(runtime.Containers
            .Where(c => c.State is ContainerState.ContainerRunning or ContainerState.ContainerUnknown)
            .Select(c => StopAsync(pod, c.Id, c.Metadata.Name, runtime, grace, $"Stopping container {c.Metadata.Name}", ct))).ConfigureAwait(false);

    public async Task StopAsync(V1Pod pod, string id, string name, RuntimePod runtime, TimeSpan grace, string message, CancellationToken ct)
    {
        var since = node.Time.GetTimestamp();
        node.Events.Normal(pod, "Killing", message, name);
        var container = pod.Spec.Containers.Concat(pod.Spec.InitContainers ?? []).FirstOrDefault(c => c.Name == name);
        if (container?.Lifecycle?.PreStop is { } hook && grace > TimeSpan.Zero)
        {
            var ip = runtime.Sandbox?.Network?.Ip ?? "";
            if (await hooks.RunAsync(hook, container, id, ip, grace, ct).ConfigureAwait(false) is { } failure)
            {
                node.Events.Warning(pod, "FailedPreStopHook", $"PreStopHook failed: {failure}", name);
            }

            grace -= node.Time.GetElapsedTime(since);
            grace = grace < ShortestGrace ? ShortestGrace : grace;
        }

        try
        {
            await node.Runtime.Runtime.StopContainerAsync(new StopContainerRequest { ContainerId = id, Timeout = (long)grace.TotalSeconds }, cancellationToken: ct).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            // Gone already: what was wanted.
        }
    }

    /// <summary>Stops the sandboxes; their network and address are free afterwards.</summary>
    public async Task StopSandboxesAsync(RuntimePod runtime, CancellationToken ct)
    {
        foreach (var sandbox in runtime.Sandboxes)
        {
            await node.Runtime.Runtime.StopPodSandboxAsync(new StopPodSandboxRequest { PodSandboxId = sandbox.Id }, cancellationToken: ct).ConfigureAwait(false);
        }
    }

    /// <summary>Keeps one dead predecessor of a restarted container, for its state and its log; removes the older ones.</summary>
    public async Task CollectAsync(V1Pod pod, string name, int attempt, RuntimePod runtime, CancellationToken ct)
    {
        foreach (var dead in runtime.Of(name).Where(c => c.State == ContainerState.ContainerExited && c.Metadata.Attempt + 1 < attempt))
        {
            await node.Runtime.Runtime.RemoveContainerAsync(new RemoveContainerRequest { ContainerId = dead.Id }, cancellationToken: ct).ConfigureAwait(false);
            var log = Path.Combine(node.Paths.Logs(pod), PodPaths.LogFile(name, (int)dead.Metadata.Attempt));
            foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(log)!, Path.GetFileName(log) + "*"))
            {
                File.Delete(file);
            }
        }
    }

    /// <summary>Takes away everything the pod had on this node.</summary>
    public async Task RemoveAsync(string uid, string? logs, RuntimePod runtime, CancellationToken ct)
    {
        await StopSandboxesAsync(runtime, ct).ConfigureAwait(false);
        foreach (var sandbox in runtime.Sandboxes)
        {
            // Removes the sandbox's containers too.
            await node.Runtime.Runtime.RemovePodSandboxAsync(new RemovePodSandboxRequest { PodSandboxId = sandbox.Id }, cancellationToken: ct).ConfigureAwait(false);
        }

        node.Cgroups.Remove(uid);
        node.Volumes.TearDown(uid);
        if (logs is not null && Directory.Exists(logs))
        {
            Directory.Delete(logs, recursive: true);
        }
    }
}
