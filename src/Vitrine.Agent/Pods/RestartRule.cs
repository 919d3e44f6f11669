using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>When an ended container may run again.</summary>
internal readonly record struct RestartRule(bool OnSuccess, bool OnFailure)
{
    public bool MayRestart(int exitCode) => exitCode == 0 ? OnSuccess : OnFailure;

    public static bool IsSidecar(V1Container container) => container.RestartPolicy == "Always";

    /// <summary>Init containers run to success under Always too; a sidecar (KEP-753) always restarts.</summary>
    public static RestartRule Of(V1Pod pod, V1Container container, bool isInit) => (isInit, pod.Spec.RestartPolicy) switch
    {
        (true, _) when IsSidecar(container) => new(true, true),
        (_, "Never") => new(false, false),
        (_, "OnFailure") or (true, _) => new(false, true),
        _ => new(true, true),
    };
}
