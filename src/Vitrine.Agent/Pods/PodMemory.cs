using System.Collections.Concurrent;

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

    /// <summary>Ids of containers a liveness or startup probe condemned, or whose postStart hook failed.</summary>
    public ConcurrentDictionary<string, string> Condemned { get; } = new(StringComparer.Ordinal);

    public BackOff Restarts { get; } = new();

    public BackOff Pulls { get; } = new();

    /// <summary>Set once the pod as a whole has failed (DeadlineExceeded); never unset.</summary>
    public Waiting? Failed { get; set; }
}
