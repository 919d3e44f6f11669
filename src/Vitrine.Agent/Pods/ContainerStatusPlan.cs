using k8s.Models;
using Vitrine.Agent.Cri;

namespace Vitrine.Agent.Pods;

/// <summary>One entry of containerStatuses, from the runtime and from what the API already says.</summary>
internal static class ContainerStatusPlan
{
    public static V1ContainerStatus Compute(V1Pod pod, V1Container container, bool isInit, RuntimePod runtime, PodMemory memory, bool initialized)
    {
        var history = runtime.Of(container.Name).ToList();
        var latest = history.FirstOrDefault();
        var waiting = memory.Waiting.GetValueOrDefault(container.Name);
        var old = (pod.Status?.ContainerStatuses ?? []).Concat(pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.EphemeralContainerStatuses ?? []).FirstOrDefault(s => s.Name == container.Name);
        var status = new V1ContainerStatus
        {
            Name = container.Name,
            Image = latest?.Image.Image is { Length: > 0 } image ? image : container.Image,
            ImageID = latest?.ImageRef ?? "",
            ContainerID = latest is null ? null : "containerd://" + latest.Id,
            RestartCount = (int)(latest?.Metadata.Attempt ?? (uint)(old?.RestartCount ?? 0)),
            StopSignal = container.Lifecycle?.StopSignal,
            State = new V1ContainerState(),
            LastState = new V1ContainerState(),
        };

        var previous = history.Skip(1).FirstOrDefault(c => c.State == ContainerState.ContainerExited);
        var running = latest is { State: ContainerState.ContainerRunning } && !memory.Hooking.GetValueOrDefault(latest.Id);
        switch (latest)
        {
            case { State: ContainerState.ContainerRunning } when running:
                status.State.Running = new V1ContainerStateRunning { StartedAt = UnixNanoseconds.ToApiTime(latest.StartedAt) };
                status.LastState.Terminated = Ended(previous) ?? old?.LastState?.Terminated;
                break;
            case { State: ContainerState.ContainerExited or ContainerState.ContainerUnknown } when waiting is not null:
                status.State.Waiting = new V1ContainerStateWaiting { Reason = waiting.Reason, Message = waiting.Message };
                status.LastState.Terminated = Ended(latest);
                break;
            case { State: ContainerState.ContainerExited or ContainerState.ContainerUnknown }:
                status.State.Terminated = Ended(latest);
                status.LastState.Terminated = Ended(previous);
                break;
            default:
                waiting ??= new Waiting(!initialized && !isInit || isInit && (pod.Spec.InitContainers?.Count ?? 0) > 0 ? "PodInitializing" : "ContainerCreating", null);
                status.State.Waiting = new V1ContainerStateWaiting { Reason = waiting.Reason, Message = waiting.Message };
                status.LastState.Terminated = Ended(previous) ?? old?.State?.Terminated ?? old?.LastState?.Terminated;
                break;
        }

        status.Started = running && (container.StartupProbe is null || memory.Started.GetValueOrDefault(latest!.Id));
        status.Ready = running
            ? status.Started.Value && (container.ReadinessProbe is null || memory.Ready.GetValueOrDefault(latest!.Id))
            : isInit && !RestartRule.IsSidecar(container) && latest is { State: ContainerState.ContainerExited, ExitCode: 0 };
        return status;
    }

    private static V1ContainerStateTerminated? Ended(ContainerStatus? container)
    {
        if (container is null)
        {
            return null;
        }

        var known = container.State == ContainerState.ContainerExited;
        var reason = container.Reason is { Length: > 0 } given ? given : container.ExitCode == 0 ? "Completed" : "Error";
        return new V1ContainerStateTerminated
        {
            ContainerID = "containerd://" + container.Id,
            ExitCode = known ? container.ExitCode : 137,
            Reason = known ? reason : "ContainerStatusUnknown",
            Message = container.Message is { Length: > 0 } message ? message : null,
            StartedAt = UnixNanoseconds.ToApiTime(container.StartedAt),
            FinishedAt = UnixNanoseconds.ToApiTime(container.FinishedAt),
        };
    }
}
