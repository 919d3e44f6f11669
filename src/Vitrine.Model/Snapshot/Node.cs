using System.Collections.Immutable;
using System.Net;

namespace Vitrine.Model.Snapshot;

/// <summary>A v1 Node.</summary>
public sealed record Node
{
    public required string Name { get; init; }

    public required string Uid { get; init; }

    public bool Ready { get; init; }

    /// <summary>spec.unschedulable, as kubectl cordon sets it.</summary>
    public bool Unschedulable { get; init; }

    /// <summary>status.addresses of type InternalIP, in their order: the first of a family is the one peers send to.</summary>
    public ImmutableArray<IPAddress> Addresses { get; init; } = [];

    /// <summary>spec.podCIDRs, at most one per address family; empty before one is assigned.</summary>
    public ImmutableArray<IPNetwork> PodCidrs { get; init; } = [];

    /// <summary>The first of each pod range: no pod gets it, it is the node's own, for tunnels and for its DNS.</summary>
    public IEnumerable<IPAddress> RangeAddresses => PodCidrs.Select(r => r.BaseAddress);

    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    public ImmutableArray<Taint> Taints { get; init; } = [];

    public required Resources Allocatable { get; init; }

    /// <summary>How many pods fit.</summary>
    public int Pods { get; init; }
}

/// <summary>A taint of a node; effects NoSchedule, PreferNoSchedule, NoExecute.</summary>
public sealed record Taint(string Key, string Value, string Effect);

/// <summary>CPU in thousandths of a core, memory in bytes.</summary>
public readonly record struct Resources(Quantity Cpu, Quantity Memory)
{
    public static Resources operator +(Resources a, Resources b) => new(a.Cpu + b.Cpu, a.Memory + b.Memory);
}
