using k8s.Models;

namespace Vitrine.Control.Pods;

/// <summary>What controllers ask about one pod.</summary>
internal static class PodFacts
{
    public static bool IsFinished(V1Pod pod) => pod.Status?.Phase is "Succeeded" or "Failed";

    public static bool IsTerminating(V1Pod pod) => pod.Metadata.DeletionTimestamp is not null;

    /// <summary>Neither finished nor on its way out: it counts as a replica.</summary>
    public static bool IsActive(V1Pod pod) => !IsFinished(pod) && !IsTerminating(pod);

    public static V1PodCondition? Condition(V1Pod pod, string type)
    {
        foreach (var condition in pod.Status?.Conditions ?? [])
        {
            if (condition.Type == type)
            {
                return condition;
            }
        }

        return null;
    }

    public static bool IsReady(V1Pod pod) => Condition(pod, "Ready")?.Status == "True";

    /// <summary>Ready for at least that long.</summary>
    public static bool IsAvailable(V1Pod pod, int minReadySeconds, DateTime now) =>
        Condition(pod, "Ready") is { Status: "True" } ready
        && (minReadySeconds == 0 || (ready.LastTransitionTime is { } since && since.AddSeconds(minReadySeconds) <= now));

    /// <summary>When a ready pod becomes available, if that is still to come.</summary>
    public static DateTime? AvailableAt(V1Pod pod, int minReadySeconds) =>
        minReadySeconds > 0 && Condition(pod, "Ready") is { Status: "True", LastTransitionTime: { } since } ? since.AddSeconds(minReadySeconds) : null;

    public static DateTime Created(V1Pod pod) => pod.Metadata.CreationTimestamp ?? DateTime.MinValue;

    public static string Label(V1ObjectMeta meta, string key) => meta.Labels is not null && meta.Labels.TryGetValue(key, out var value) ? value : "";

    public static string Annotation(V1ObjectMeta meta, string key) => meta.Annotations is not null && meta.Annotations.TryGetValue(key, out var value) ? value : "";

    public static int Restarts(V1Pod pod) => pod.Status?.ContainerStatuses is { Count: > 0 } all ? all.Max(s => s.RestartCount) : 0;
}
