using k8s.Models;
using Vitrine.Agent.Cri;

namespace Vitrine.Agent.Pods;

/// <summary>The whole pod status as the kubelet reports it. A pure function: no clock, no runtime.</summary>
internal static class PodStatusPlan
{
    public static V1PodStatus Compute(V1Pod pod, RuntimePod runtime, PodMemory memory, IReadOnlyList<string> hostIps, DateTimeOffset now)
    {
        var initContainers = pod.Spec.InitContainers ?? [];
        var initialized = initContainers.All(c => RestartRule.IsSidecar(c)
            ? runtime.Latest(c.Name) is { State: ContainerState.ContainerRunning }
            : runtime.Latest(c.Name) is { State: ContainerState.ContainerExited, ExitCode: 0 });
        var inits = initContainers.Select(c => ContainerStatusPlan.Compute(pod, c, true, runtime, memory, initialized)).ToList();
        var containers = pod.Spec.Containers.Select(c => ContainerStatusPlan.Compute(pod, c, false, runtime, memory, initialized)).ToList();
        var ephemeral = PodContainers.Ephemeral(pod).Select(c => Ephemeral(ContainerStatusPlan.Compute(pod, c, false, runtime, memory, true))).ToList();
        var old = pod.Status ?? new V1PodStatus();
        var phase = memory.Failed is not null ? "Failed" : PodPhase.Compute(pod, inits, containers);

        // A finished pod never comes back: kubelet keeps a terminal phase whatever the runtime still shows.
        if (old.Phase is "Succeeded" or "Failed")
        {
            phase = old.Phase;
        }

        IReadOnlyList<string> ips = pod.Spec.HostNetwork == true ? hostIps : runtime.Addresses;
        return new V1PodStatus
        {
            Phase = phase,
            Reason = memory.Failed?.Reason ?? old.Reason,
            Message = memory.Failed?.Message ?? old.Message,
            Conditions = Conditions(pod, memory, PodConditions.Compute(pod, phase, runtime.Sandbox is not null && ips.Count > 0, inits, containers, now), now),
            HostIP = hostIps[0],
            HostIPs = [.. hostIps.Select(ip => new V1HostIP { Ip = ip })],
            PodIP = ips.Count > 0 ? ips[0] : old.PodIP,
            PodIPs = ips.Count > 0 ? [.. ips.Select(ip => new V1PodIP { Ip = ip })] : old.PodIPs,
            StartTime = old.StartTime ?? ApiTime.Truncate(now),
            QosClass = old.QosClass ?? Pods.QosClass.Of(pod),
            InitContainerStatuses = inits.Count > 0 ? inits : null,
            ContainerStatuses = containers,
            EphemeralContainerStatuses = ephemeral.Count > 0 ? ephemeral : null,
            NominatedNodeName = old.NominatedNodeName,
            Resize = old.Resize,
        };
    }

    private static IList<V1PodCondition> Conditions(V1Pod pod, PodMemory memory, IList<V1PodCondition> own, DateTimeOffset now)
    {
        if (!memory.IsDisrupted)
        {
            return own;
        }

        var before = pod.Status?.Conditions?.FirstOrDefault(c => c is { Type: "DisruptionTarget", Reason: "TerminationByKubelet" });
        return [.. own, before ?? PodConditions.Disrupted(memory.Failed?.Message, now)];
    }

    // Nobody waits for one: upstream leaves readiness and start out of its status.
    private static V1ContainerStatus Ephemeral(V1ContainerStatus status)
    {
        status.Ready = false;
        status.Started = null;
        return status;
    }
}
