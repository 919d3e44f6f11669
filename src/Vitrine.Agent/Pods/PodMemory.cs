using System.Collections.Concurrent;
using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>What the agent knows of one pod beside the runtime; lost when the agent restarts, as kubelet's is.</summary>
internal sealed class PodMemory
{
    /// <summary>By container name: why it waits.</summary>
    public ConcurrentDictionary<string, Waiting> Waiting { get; } = new(StringComparer.Ordinal);

    /// <summary>By container name: when a failed start may be tried again.</summary>
    public ConcurrentDictionary<string, DateTimeOffset> RetryAt { get; } = new(StringComparer.Ordinal);

    /// <summary>By container id: last readiness verdict of its probe.</summary>
    public ConcurrentDictionary<string, bool> Ready { get; } = new(StringComparer.Ordinal);

    /// <summary>By container id: whether its startup probe has succeeded.</summary>
    public ConcurrentDictionary<string, bool> Started { get; } = new(StringComparer.Ordinal);

    /// <summary>Ids of containers whose postStart hook has not ended: until then they do not count as running.</summary>
    public ConcurrentDictionary<string, bool> Hooking { get; } = new(StringComparer.Ordinal);

    /// <summary>Ids of containers a liveness or startup probe condemned, or whose postStart hook failed.</summary>
    public ConcurrentDictionary<string, string> Condemned { get; } = new(StringComparer.Ordinal);

    /// <summary>By container id: seconds the probe that condemned it leaves it to end; otherwise the pod's own.</summary>
    public ConcurrentDictionary<string, long> Grace { get; } = new(StringComparer.Ordinal);

    /// <summary>The node has let it in.</summary>
    public bool IsAdmitted { get; set; }

    /// <summary>How often in a row the volumes could not be set up.</summary>
    public int MountFailures { get; set; }

    public BackOff Restarts { get; } = new();

    public BackOff Pulls { get; } = new();

    /// <summary>
    /// What was said of containers that still run: an agent that starts again must not take pods out of service until their probes
    /// have had their say anew.
    /// </summary>
    public void Recall(V1PodStatus? status)
    {
        const string Runtime = "containerd://";
        foreach (var container in (status?.ContainerStatuses ?? []).Concat(status?.InitContainerStatuses ?? []).Where(c => c.ContainerID?.StartsWith(Runtime, StringComparison.Ordinal) == true))
        {
            var id = container.ContainerID[Runtime.Length..];
            Ready[id] = container.Ready;
            Started[id] = container.Started == true;
        }
    }

    /// <summary>Set once the pod as a whole has failed (DeadlineExceeded, Evicted); never unset.</summary>
    public Waiting? Failed { get; set; }

    /// <summary>How long its containers then have to end; null for the pod's own grace period.</summary>
    public TimeSpan? FailedGrace { get; set; }

    /// <summary>It was the node that ended it, for want of room or because it shuts down (KEP-3329).</summary>
    public bool IsDisrupted { get; set; }
}
