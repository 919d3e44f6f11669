using k8s.Models;
using Vitrine.Agent.Cri;

namespace Vitrine.Agent.Pods;

/// <summary>Compares a pod's spec with the runtime, as kubelet's computePodActions does. Pure but for the waiting reasons it leaves in memory.</summary>
internal static class PodActionsPlan
{
    public static PodActions Compute(V1Pod pod, RuntimePod runtime, PodMemory memory, DateTimeOffset now)
    {
        if (memory.Failed is not null || IsFinished(pod, runtime))
        {
            return PodActions.None with { StopPod = runtime.Sandbox is not null || runtime.Running.Any() };
        }

        if (runtime.Sandbox is null)
        {
            return PodActions.None with
            {
                StopPod = runtime.Sandboxes.Count > 0 && runtime.Running.Any(),
                CreateSandbox = runtime.Sandboxes is [var last, ..] ? last.Metadata.Attempt + 1 : 0,
            };
        }

        var starts = new List<ContainerStart>();
        var wakes = new List<DateTimeOffset>();
        var kills = runtime.Running
            .Where(c => memory.Condemned.ContainsKey(c.Id))
            .Select(c => (c.Id, c.Metadata.Name, memory.Condemned[c.Id]))
            .ToList();

        foreach (var container in PodContainers.Ephemeral(pod).Where(c => !HasRun(pod, c.Name, runtime)))
        {
            ConsiderStart(pod, container, false, RestartRule.Of(pod, container, false), runtime, memory, now, starts, wakes);
        }

        if (InitializedOrNext(pod, runtime, memory, now, starts, wakes))
        {
            foreach (var container in pod.Spec.Containers)
            {
                ConsiderStart(pod, container, false, RestartRule.Of(pod, container, false), runtime, memory, now, starts, wakes);
            }
        }

        return new PodActions(false, null, starts, kills, wakes.Count > 0 ? wakes.Min() : null);
    }

    /// <summary>True when every container has ended and none may start again.</summary>
    public static bool IsFinished(V1Pod pod, RuntimePod runtime)
    {
        // What the API knows as ended stays so, whatever an agent that has started again finds.
        if (pod.Status?.Phase is "Succeeded" or "Failed")
        {
            return true;
        }

        if ((pod.Spec.InitContainers ?? []).Any(c => !RestartRule.IsSidecar(c)
            && runtime.Latest(c.Name) is { State: ContainerState.ContainerExited, ExitCode: not 0 } status
            && !RestartRule.Of(pod, c, true).MayRestart(status.ExitCode)))
        {
            return true;
        }

        return pod.Spec.Containers.All(c => runtime.Latest(c.Name) is { State: ContainerState.ContainerExited } status
            && !RestartRule.Of(pod, c, false).MayRestart(status.ExitCode));
    }

    private static bool InitializedOrNext(V1Pod pod, RuntimePod runtime, PodMemory memory, DateTimeOffset now, List<ContainerStart> starts, List<DateTimeOffset> wakes)
    {
        // Once an app container of this sandbox exists, initialization is over, even if init containers were collected.
        var initialized = pod.Spec.Containers.Any(c => runtime.Latest(c.Name) is { } status && status.CreatedAt >= runtime.Sandbox!.CreatedAt);
        foreach (var container in pod.Spec.InitContainers ?? [])
        {
            var rule = RestartRule.Of(pod, container, true);
            var latest = runtime.Latest(container.Name) is { } status && status.CreatedAt >= runtime.Sandbox!.CreatedAt ? status : null;
            if (RestartRule.IsSidecar(container))
            {
                ConsiderStart(pod, container, true, rule, runtime, memory, now, starts, wakes);
                var started = latest is { State: ContainerState.ContainerRunning }
                    && (container.StartupProbe is null || memory.Started.GetValueOrDefault(latest.Id));
                if (!initialized && !started)
                {
                    return false;
                }
            }
            else if (!initialized && latest is not { State: ContainerState.ContainerExited, ExitCode: 0 })
            {
                ConsiderStart(pod, container, true, rule, runtime, memory, now, starts, wakes);
                return false;
            }
        }

        return true;
    }

    private static void ConsiderStart(
        V1Pod pod, V1Container container, bool isInit, RestartRule rule, RuntimePod runtime, PodMemory memory, DateTimeOffset now, List<ContainerStart> starts, List<DateTimeOffset> wakes)
    {
        var latest = runtime.Latest(container.Name);
        if (latest is { State: ContainerState.ContainerRunning })
        {
            return;
        }

        var inThisSandbox = latest is not null && latest.CreatedAt >= runtime.Sandbox!.CreatedAt;
        if (inThisSandbox && latest!.State == ContainerState.ContainerExited && !rule.MayRestart(latest.ExitCode))
        {
            return;
        }

        if (memory.RetryAt.TryGetValue(container.Name, out var retryAt) && retryAt > now)
        {
            wakes.Add(retryAt);
            return;
        }

        var next = latest is null ? PreviousRestarts(pod, container.Name) : (int)latest.Metadata.Attempt + 1;
        if (latest is { State: ContainerState.ContainerExited } && inThisSandbox)
        {
            var notBefore = memory.Restarts.NotBefore(container.Name, UnixNanoseconds.ToTime(latest.FinishedAt));
            if (notBefore > now)
            {
                memory.Waiting[container.Name] = new Waiting(
                    "CrashLoopBackOff",
                    $"back-off {GoDuration.Format(memory.Restarts.Delay(container.Name))} restarting failed container={container.Name} pod={pod.Metadata.Name}_{pod.Metadata.NamespaceProperty}({pod.Metadata.Uid})");
                wakes.Add(notBefore);
                return;
            }
        }

        starts.Add(new ContainerStart(container, isInit, next));
    }

    // An ephemeral container runs once, also where the runtime has forgotten it.
    private static bool HasRun(V1Pod pod, string name, RuntimePod runtime) =>
        runtime.Latest(name) is not null || pod.Status?.EphemeralContainerStatuses?.Any(s => s.Name == name && s.ContainerID is { Length: > 0 }) == true;

    // Containers may have been removed by hand: the count in the API never goes back.
    private static int PreviousRestarts(V1Pod pod, string name)
    {
        var statuses = (pod.Status?.ContainerStatuses ?? []).Concat(pod.Status?.InitContainerStatuses ?? []);
        var old = statuses.FirstOrDefault(s => s.Name == name);
        return old?.ContainerID is { Length: > 0 } ? old.RestartCount + 1 : 0;
    }
}
