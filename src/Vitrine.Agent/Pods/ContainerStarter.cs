using Grpc.Core;
using k8s.Models;
using Vitrine.Agent.Cri;
using Vitrine.Agent.Images;
using Vitrine.Agent.Volumes;

namespace Vitrine.Agent.Pods;

/// <summary>
/// Brings one container up: image → environment → create → start → postStart.
/// Each failure leaves the reason kubectl shows in the pod's memory, and an event.
/// </summary>
internal sealed class ContainerStarter(NodeContext node, SandboxStarter sandboxes, LifecycleHooks hooks)
{
    /// <returns>When to try again after a failure; null when it started.</returns>
    public async Task<DateTimeOffset?> StartAsync(V1Pod pod, ContainerStart start, RuntimePod runtime, IReadOnlyDictionary<string, string> volumes, PodMemory memory, CancellationToken ct)
    {
        var container = start.Container;
        var stage = "CreateContainerConfigError";
        try
        {
            var image = await node.Images.EnsureAsync(pod, container, memory, ct).ConfigureAwait(false);
            var sandbox = runtime.Sandbox!;
            var ips = pod.Spec.HostNetwork == true ? node.HostIps : runtime.Addresses;
            var environment = await node.Environment.ComputeAsync(pod, container, ips, ct).ConfigureAwait(false);
            var config = ContainerConfigPlan.Compute(pod, start, image, environment, volumes, Files(pod, start, ips), node.Paths, node.Machine.MemoryBytes, Target(pod, container.Name, runtime));
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(node.Paths.Logs(pod), config.LogPath))!);

            stage = "CreateContainerError";
            var created = await node.Runtime.Runtime.CreateContainerAsync(
                new CreateContainerRequest { PodSandboxId = sandbox.Id, Config = config, SandboxConfig = sandboxes.Config(pod, sandbox.Metadata.Attempt) }, cancellationToken: ct).ConfigureAwait(false);
            node.Events.Normal(pod, "Created", $"Created container: {container.Name}", container.Name);

            stage = "RunContainerError";
            if (start.Attempt > 0)
            {
                memory.Restarts.Next(container.Name, node.Time.GetUtcNow());
            }

            memory.Hooking[created.ContainerId] = container.Lifecycle?.PostStart is not null;
            await node.Runtime.Runtime.StartContainerAsync(new StartContainerRequest { ContainerId = created.ContainerId }, cancellationToken: ct).ConfigureAwait(false);
            node.Events.Normal(pod, "Started", $"Started container {container.Name}", container.Name);
            memory.Waiting.TryRemove(container.Name, out _);
            memory.RetryAt.TryRemove(container.Name, out _);
            await PostStartAsync(pod, container, created.ContainerId, ips, memory, ct).ConfigureAwait(false);
            memory.Hooking.TryRemove(created.ContainerId, out _);
            return null;
        }
        catch (ImageException e)
        {
            return Remember(memory, container, new Waiting(e.Reason, e.Message), e.RetryAt ?? node.Time.GetUtcNow() + BackOff.First);
        }
        catch (Exception e) when (e is ConfigException or MountException or ArgumentException or IOException)
        {
            node.Events.Warning(pod, "Failed", $"Error: {e.Message}", container.Name);
            return Remember(memory, container, new Waiting("CreateContainerConfigError", e.Message), node.Time.GetUtcNow() + BackOff.First);
        }
        catch (RpcException e) when (!ct.IsCancellationRequested)
        {
            node.Events.Warning(pod, "Failed", $"Error: {e.Status.Detail}", container.Name);
            memory.Restarts.Next(container.Name, node.Time.GetUtcNow());
            return Remember(memory, container, new Waiting(stage, e.Status.Detail), memory.Restarts.NotBefore(container.Name));
        }
    }

    private static string? Target(V1Pod pod, string name, RuntimePod runtime)
    {
        if (ContainerStart.TargetOf(pod, name) is not { } target)
        {
            return null;
        }

        return runtime.Latest(target) is { State: ContainerState.ContainerRunning } running ? running.Id : throw new ConfigException($"unable to find target container \"{target}\": it is not running");
    }

    private static DateTimeOffset Remember(PodMemory memory, V1Container container, Waiting waiting, DateTimeOffset retryAt)
    {
        memory.Waiting[container.Name] = waiting;
        memory.RetryAt[container.Name] = retryAt;
        return retryAt;
    }

    private async Task PostStartAsync(V1Pod pod, V1Container container, string id, IReadOnlyList<string> ips, PodMemory memory, CancellationToken ct)
    {
        if (container.Lifecycle?.PostStart is not { } hook)
        {
            return;
        }

        if (await hooks.RunAsync(hook, container, id, ips.Count > 0 ? ips[0] : "", Timeout.InfiniteTimeSpan, ct).ConfigureAwait(false) is { } failure)
        {
            node.Events.Warning(pod, "FailedPostStartHook", $"PostStartHook failed: {failure}", container.Name);
            memory.Condemned[id] = "FailedPostStartHook";
        }
    }

    private Dictionary<string, string> Files(V1Pod pod, ContainerStart start, IReadOnlyList<string> ips)
    {
        var hosts = node.Paths.Hosts(pod);
        Directory.CreateDirectory(Path.GetDirectoryName(hosts)!);
        var text = pod.Spec.HostNetwork == true
            ? HostsFile.ComputeForHostNetwork(pod, File.Exists("/etc/hosts") ? File.ReadAllText("/etc/hosts") : "")
            : HostsFile.Compute(pod, PodHostname.Short(pod), PodHostname.Fqdn(pod, node.Options.ClusterDomain), ips);
        File.WriteAllText(hosts, text);
        File.SetUnixFileMode(hosts, (UnixFileMode)0b110_100_100);

        var message = node.Paths.TerminationLog(pod, start.Container.Name, start.Attempt);
        Directory.CreateDirectory(Path.GetDirectoryName(message)!);
        File.WriteAllText(message, "");
        // The container's user, whoever that is, writes here.
        File.SetUnixFileMode(message, (UnixFileMode)0b110_110_110);
        return new(StringComparer.Ordinal)
        {
            ["/etc/hosts"] = hosts,
            [start.Container.TerminationMessagePath ?? "/dev/termination-log"] = message,
        };
    }
}
