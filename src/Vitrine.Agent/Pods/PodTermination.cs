using Grpc.Core;
using k8s.Models;
using Vitrine.Agent.Cri;

namespace Vitrine.Agent.Pods;

/// <summary>Stops containers with their hooks and grace, then takes a pod's sandbox, cgroup, volumes and logs away.</summary>
internal sealed class PodTermination(NodeContext node, LifecycleHooks hooks)
{
    // A preStop hook that used up the grace leaves this much to the process itself, as upstream.
    private static readonly TimeSpan ShortestGrace = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Stops every running container: all hooks run at once, then a sidecar waits for what started after it (KEP-753), as far as the grace reaches.
    /// </summary>
    public async Task StopContainersAsync(V1Pod pod, RuntimePod runtime, TimeSpan grace, CancellationToken ct)
    {
        var running = runtime.Containers.Where(c => c.State is ContainerState.ContainerRunning or ContainerState.ContainerUnknown).ToList();
        var order = new StopOrder(pod, running.Select(c => c.Metadata.Name));
        await Task.WhenAll(running.Select(c => StopAsync(pod, c.Id, c.Metadata.Name, runtime, grace, $"Stopping container {c.Metadata.Name}", ct, order))).ConfigureAwait(false);
    }

    public async Task StopAsync(V1Pod pod, string id, string name, RuntimePod runtime, TimeSpan grace, string message, CancellationToken ct, StopOrder? order = null)
    {
        var end = node.Time.GetUtcNow() + grace;
        node.Events.Normal(pod, "Killing", message, name);
        var container = PodContainers.Find(pod, name);
        try
        {
            if (container?.Lifecycle?.PreStop is { } hook && grace > TimeSpan.Zero)
            {
                var ip = pod.Spec.HostNetwork == true ? node.HostIps[0] : runtime.Sandbox?.Network?.Ip ?? "";
                if (await hooks.RunAsync(hook, container, id, ip, grace, ct).ConfigureAwait(false) is { } failure)
                {
                    node.Events.Warning(pod, "FailedPreStopHook", $"PreStopHook failed: {failure}", name);
                }
            }

            if (order is not null && end > node.Time.GetUtcNow())
            {
                await order.TurnAsync(name, end - node.Time.GetUtcNow(), node.Time, ct).ConfigureAwait(false);
            }

            // What a hook or the wait has used up is not taken from the process itself.
            var rest = end - node.Time.GetUtcNow();
            rest = grace > ShortestGrace && rest < ShortestGrace ? ShortestGrace : rest;
            await StopAsync(id, rest > TimeSpan.Zero ? rest : TimeSpan.Zero, container?.Lifecycle?.StopSignal, ct).ConfigureAwait(false);
        }
        finally
        {
            order?.Ended(name);
        }
    }

    private async Task StopAsync(string id, TimeSpan grace, string? signal, CancellationToken ct)
    {
        try
        {
            if (signal is not null && StopSignal.Number(signal) is { } number && grace > TimeSpan.Zero)
            {
                await node.Runtime.Tasks.KillAsync(new KillRequest { ContainerId = id, Signal = (uint)number }, ContainerRuntime.OfKubernetes, cancellationToken: ct).ConfigureAwait(false);
                await EndedAsync(id, grace, ct).ConfigureAwait(false);
                // CRI would send the image's own signal and wait as long again.
                grace = TimeSpan.Zero;
            }

            await node.Runtime.Runtime.StopContainerAsync(new StopContainerRequest { ContainerId = id, Timeout = (long)Math.Round(grace.TotalSeconds) }, cancellationToken: ct).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            // Gone already: what was wanted.
        }
    }

    private async Task EndedAsync(string id, TimeSpan limit, CancellationToken ct)
    {
        for (var since = node.Time.GetTimestamp(); node.Time.GetElapsedTime(since) < limit;)
        {
            var answer = await node.Runtime.Runtime.ContainerStatusAsync(new ContainerStatusRequest { ContainerId = id }, cancellationToken: ct).ConfigureAwait(false);
            if (answer.Status.State != ContainerState.ContainerRunning)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), node.Time, ct).ConfigureAwait(false);
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
