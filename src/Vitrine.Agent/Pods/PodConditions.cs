using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>status.conditions: the kubelet's own, in upstream's order, others kept as they are.</summary>
internal static class PodConditions
{
    private static readonly string[] Own = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled", Disruption];
    private const string Disruption = "DisruptionTarget";

    /// <summary>Written by this agent and nobody else.</summary>
    public static bool IsOwn(string type) => Own.Contains(type);

    /// <summary>Why the node ended the pod, where it did.</summary>
    public static V1PodCondition Disrupted(string? message, DateTimeOffset now)
    {
        var condition = Condition(Disruption, true, "TerminationByKubelet", message);
        condition.LastTransitionTime = ApiTime.Truncate(now);
        return condition;
    }

    public static IList<V1PodCondition> Compute(V1Pod pod, string phase, bool sandboxReady, IList<V1ContainerStatus> inits, IList<V1ContainerStatus> containers, DateTimeOffset now)
    {
        var sidecars = PodContainers.Sidecars(pod);
        var finished = phase is "Succeeded" or "Failed";
        var uninitialized = inits.Where(s => sidecars.Contains(s.Name) ? s.Started != true : s.State.Terminated is not { ExitCode: 0 }).Select(s => s.Name).ToList();
        var initialized = phase == "Succeeded" || uninitialized.Count == 0 || containers.Any(s => s.State.Running is not null || s.State.Terminated is not null);
        var unready = inits.Where(s => sidecars.Contains(s.Name)).Concat(containers).Where(s => !s.Ready).Select(s => s.Name).ToList();
        var (readyReason, readyMessage) = phase switch
        {
            "Succeeded" => ("PodCompleted", null),
            "Failed" => ("PodFailed", null),
            _ when unready.Count > 0 => ("ContainersNotReady", $"containers with unready status: [{string.Join(' ', unready)}]"),
            _ => ((string?)null, (string?)null),
        };
        var containersReady = readyReason is null;
        var gates = (pod.Spec.ReadinessGates ?? [])
            .Where(g => pod.Status?.Conditions?.FirstOrDefault(c => c.Type == g.ConditionType)?.Status != "True")
            .Select(g => g.ConditionType)
            .ToList();
        var (podReason, podMessage) = containersReady && gates.Count > 0
            ? ("ReadinessGatesNotReady", "the status of pod readiness gate " + string.Join(", ", gates.Select(g => $"\"{g}\"")) + " is not \"True\"")
            : (readyReason, readyMessage);

        V1PodCondition[] computed =
        [
            Condition("PodReadyToStartContainers", sandboxReady && !finished, null, null),
            initialized
                ? Condition("Initialized", true, phase == "Succeeded" ? "PodCompleted" : null, null)
                : Condition("Initialized", false, "ContainersNotInitialized", $"containers with incomplete status: [{string.Join(' ', uninitialized)}]"),
            Condition("Ready", podReason is null, podReason, podMessage),
            Condition("ContainersReady", containersReady, readyReason, readyMessage),
            Condition("PodScheduled", true, null, null),
        ];
        foreach (var condition in computed)
        {
            var old = pod.Status?.Conditions?.FirstOrDefault(c => c.Type == condition.Type);
            condition.LastTransitionTime = old?.Status == condition.Status && old.LastTransitionTime is { } since ? since : ApiTime.Truncate(now);
            condition.ObservedGeneration = old?.ObservedGeneration;
        }

        return [.. computed, .. (pod.Status?.Conditions ?? []).Where(c => !Own.Contains(c.Type))];
    }

    private static V1PodCondition Condition(string type, bool status, string? reason, string? message) =>
        new() { Type = type, Status = status ? "True" : "False", Reason = reason, Message = message };
}
