using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>status.phase from the container statuses: kubelet's getPhase.</summary>
internal static class PodPhase
{
    public static string Compute(V1Pod pod, IList<V1ContainerStatus> inits, IList<V1ContainerStatus> containers)
    {
        var sidecars = PodContainers.Sidecars(pod);
        foreach (var init in inits.Where(s => !sidecars.Contains(s.Name)))
        {
            var ended = init.State.Terminated ?? (init.State.Waiting is not null ? init.LastState?.Terminated : null);
            if (ended is { ExitCode: not 0 } && !MayRestart(pod, pod.Spec.InitContainers, init.Name, true, ended.ExitCode))
            {
                return "Failed";
            }

            if (init.State.Terminated is not { ExitCode: 0 })
            {
                return "Pending";
            }
        }

        if (containers.Any(s => s.State.Waiting is not null && s.LastState?.Terminated is null))
        {
            return "Pending";
        }

        if (containers.Any(s => s.State.Running is not null))
        {
            return "Running";
        }

        if (containers.Count > 0 && containers.All(s => s.State.Terminated is not null))
        {
            return containers.Any(s => MayRestart(pod, pod.Spec.Containers, s.Name, false, s.State.Terminated.ExitCode)) ? "Running"
                : containers.All(s => s.State.Terminated.ExitCode == 0) ? "Succeeded" : "Failed";
        }

        return "Running";
    }

    private static bool MayRestart(V1Pod pod, IEnumerable<V1Container> list, string name, bool isInit, int exitCode) =>
        list.FirstOrDefault(c => c.Name == name) is { } container && RestartRule.Of(pod, container, isInit).MayRestart(exitCode);
}
