using System.Collections.Immutable;
using System.Net;

namespace Vitrine.Model.Snapshot;

/// <summary>A v1 Pod as the scheduler and the network see it.</summary>
public sealed record Pod
{
    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public required string Uid { get; init; }

    /// <summary>What the node's container runtime knows the pod by: of a static pod's mirror the static pod's uid.</summary>
    public string RuntimeUid { get => field ?? Uid; init; }

    /// <summary>spec.nodeName, or null while unscheduled.</summary>
    public string? NodeName { get; init; }

    public required string SchedulerName { get; init; }

    public bool Terminating { get; init; }

    /// <summary>Phase Succeeded or Failed: it holds no resources.</summary>
    public bool Finished { get; init; }

    public required Resources Requests { get; init; }

    public ImmutableDictionary<string, string> NodeSelector { get; init; } = ImmutableDictionary<string, string>.Empty;

    public ImmutableArray<Toleration> Tolerations { get; init; } = [];

    public int Priority { get; init; }

    /// <summary>Uid of its controller, or null; pods of one controller are spread.</summary>
    public string? Owner { get; init; }

    /// <summary>Affinities, spread, gates, host ports; null where it says none of it.</summary>
    public PodScheduling? Scheduling { get; init; }

    public DateTimeOffset Created { get; init; }

    /// <summary>The message of a PodScheduled=False condition, or null.</summary>
    public string? UnschedulableMessage { get; init; }

    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>status.phase, "Pending" where none is written.</summary>
    public string Phase { get; init; } = "Pending";

    /// <summary>The Ready condition.</summary>
    public bool Ready { get; init; }

    /// <summary>The pod is in its node's own network namespace; its addresses are the node's.</summary>
    public bool HostNetwork { get; init; }

    /// <summary>Its resolver asks the cluster's DNS and has the plain search list: dnsPolicy ClusterFirst (or ClusterFirstWithHostNet) and no dnsConfig.</summary>
    public bool ClusterDns { get; init; }

    /// <summary>status.podIPs: at most one per address family, the primary first.</summary>
    public ImmutableArray<IPAddress> Addresses { get; init; } = [];

    /// <summary>ports[] of all containers and sidecars.</summary>
    public ImmutableArray<PodPort> Ports { get; init; } = [];

    public string Key => $"{Namespace}/{Name}";
}

/// <summary>A toleration; operator Exists or Equal, an empty key with Exists tolerates everything.</summary>
public sealed record Toleration(string Key, string Operator, string Value, string Effect)
{
    public bool Tolerates(Taint taint) =>
        (Effect.Length == 0 || Effect == taint.Effect)
        && (Key.Length == 0 ? Operator == "Exists" : Key == taint.Key && (Operator == "Exists" || Value == taint.Value));
}
