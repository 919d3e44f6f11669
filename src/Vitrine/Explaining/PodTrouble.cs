using k8s.Models;

namespace Vitrine.Explaining;

/// <summary>What kubelet says of the containers of a pod that do not run.</summary>
internal static class PodTrouble
{
    /// <summary>"main: CrashLoopBackOff, exit code 1"; null when all run.</summary>
    public static string? Of(V1Pod pod)
    {
        var troubles = (pod.Status?.InitContainerStatuses ?? []).Where(c => c.State?.Terminated is not { ExitCode: 0 }).Concat(pod.Status?.ContainerStatuses ?? [])
            .Where(c => c.State?.Running is null && (c.State?.Waiting ?? (object?)c.State?.Terminated) is not null).Select(Say).ToArray();
        return troubles.Length == 0 ? null : string.Join("; ", troubles);
    }

    private static string Say(V1ContainerStatus container)
    {
        var reason = container.State.Waiting?.Reason ?? container.State.Terminated?.Reason ?? "not running";
        var ended = container.State.Terminated ?? container.LastState?.Terminated;
        return $"{container.Name}: {reason}{(ended is null ? "" : $", exit code {ended.ExitCode}")}";
    }
}
