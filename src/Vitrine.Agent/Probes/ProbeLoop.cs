using System.Collections.Concurrent;
using k8s.Models;
using Vitrine.Agent.Cri;
using Vitrine.Agent.Pods;

namespace Vitrine.Agent.Probes;

/// <summary>Runs the probes of one pod's running containers; each ends with its container.</summary>
internal sealed class ProbeLoop(NodeContext node, PodMemory memory, Probers probers, Action changed) : IDisposable
{
    private readonly ConcurrentDictionary<string, CancellationTokenSource> running = new(StringComparer.Ordinal);

    private volatile bool ending;

    /// <summary>Starts probes of new containers and ends those of ended ones.</summary>
    public void Follow(V1Pod pod, RuntimePod runtime)
    {
        var live = runtime.Running.ToDictionary(c => c.Id, StringComparer.Ordinal);
        foreach (var (id, source) in running)
        {
            if (!live.ContainsKey(id) && running.TryRemove(id, out _))
            {
                source.Cancel();
            }
        }

        foreach (var (id, status) in live)
        {
            var container = PodContainers.Find(pod, status.Metadata.Name);
            if (container is null || (container.LivenessProbe ?? container.ReadinessProbe ?? container.StartupProbe) is null)
            {
                continue;
            }

            var source = new CancellationTokenSource();
            if (running.TryAdd(id, source))
            {
                var ip = pod.Spec.HostNetwork == true ? node.HostIps[0] : runtime.Addresses.FirstOrDefault() ?? "";
                _ = FollowAsync(pod, container, status, ip, source.Token);
            }
            else
            {
                source.Dispose();
            }
        }
    }

    /// <summary>The pod is being ended: nobody restarts it any more, but whether it still serves is told until it has ended (KEP-1669).</summary>
    public void OnlyReadiness() => ending = true;

    public void Stop()
    {
        foreach (var (id, source) in running)
        {
            if (running.TryRemove(id, out _))
            {
                source.Cancel();
            }
        }
    }

    public void Dispose() => Stop();

    private async Task FollowAsync(V1Pod pod, V1Container container, ContainerStatus status, string ip, CancellationToken ct)
    {
        try
        {
            if (container.StartupProbe is { } startup && !memory.Started.GetValueOrDefault(status.Id))
            {
                var passed = await new ProbeRun(node, probers, pod, container, status, ip).UntilSuccessAsync(startup, "Startup", ct).ConfigureAwait(false);
                if (!passed)
                {
                    Condemn(status.Id, startup, $"Container {container.Name} failed startup probe, will be restarted");
                    return;
                }

                memory.Started[status.Id] = true;
                changed();
            }

            await Task.WhenAll(ReadyAsync(pod, container, status, ip, ct), AliveAsync(pod, container, status, ip, ct)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The container ended, or the pod is going: nothing is left to probe.
        }
    }

    private void Condemn(string id, V1Probe probe, string message)
    {
        if (ending)
        {
            return;
        }

        if (probe.TerminationGracePeriodSeconds is { } seconds)
        {
            memory.Grace[id] = seconds;
        }

        memory.Condemned[id] = message;
        changed();
    }

    private async Task ReadyAsync(V1Pod pod, V1Container container, ContainerStatus status, string ip, CancellationToken ct)
    {
        if (container.ReadinessProbe is { } probe)
        {
            await foreach (var ready in new ProbeRun(node, probers, pod, container, status, ip).VerdictsAsync(probe, "Readiness", ct).ConfigureAwait(false))
            {
                memory.Ready[status.Id] = ready;
                changed();
            }
        }
    }

    private async Task AliveAsync(V1Pod pod, V1Container container, ContainerStatus status, string ip, CancellationToken ct)
    {
        if (container.LivenessProbe is { } probe)
        {
            await foreach (var alive in new ProbeRun(node, probers, pod, container, status, ip).VerdictsAsync(probe, "Liveness", ct).ConfigureAwait(false))
            {
                if (!alive)
                {
                    Condemn(status.Id, probe, $"Container {container.Name} failed liveness probe, will be restarted");
                    return;
                }
            }
        }
    }
}
