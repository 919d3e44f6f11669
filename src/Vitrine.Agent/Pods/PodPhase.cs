using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>status.phase from the container statuses: kubelet's getPhase.</summary>
internal static class PodPhase
{
    public static string Compute(V1Pod pod, IList<V1ContainerStatus> inits, IList<V1ContainerStatus> containers)
    {
        var sidecars = (pod.Spec.InitContainers ?? []).Where(RestartRule.IsSidecar).Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var init in inits.Where(s => !sidecars.Contains(s.Name)))
        {
            var ended = init.State.Terminated ?? (init.State.Waiting is not null ? init.LastState?.Terminated : null);
            if (ended is { ExitCode: not 0 } && pod.Spec.RestartPolicy == "Never")
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
            var succeeded = containers.All(s => s.State.Terminated.ExitCode == 0);
            return pod.Spec.RestartPolicy switch
            {
                "Always" => "Running",
                "OnFailure" when !succeeded => "Running",
                _ => succeeded ? "Succeeded" : "Failed",
            };
        }

        return "Running";
    }
}
