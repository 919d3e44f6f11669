using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>When a pod's worker looks again.</summary>
internal static class PodTimes
{
    /// <summary>When the pod has been active for as long as it may, or null.</summary>
    public static DateTimeOffset? ActiveDeadline(V1Pod pod) =>
        pod.Spec.ActiveDeadlineSeconds is { } seconds && pod.Status?.StartTime is { } start ? new DateTimeOffset(start, TimeSpan.Zero).AddSeconds(seconds) : null;

    /// <summary>As kubelet's exponential back-off of volumes: what is missing is often only a moment late.</summary>
    public static TimeSpan MountPause(int failures) => TimeSpan.FromSeconds(Math.Min(0.5 * Math.Pow(2, Math.Min(failures - 1, 8)), 122));

    public static DateTimeOffset? Earliest(params ReadOnlySpan<DateTimeOffset?> times)
    {
        DateTimeOffset? earliest = null;
        foreach (var time in times)
        {
            earliest = time is not null && (earliest is null || time < earliest) ? time : earliest;
        }

        return earliest;
    }
}
