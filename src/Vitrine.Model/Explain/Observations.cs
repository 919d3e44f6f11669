using System.Collections.Immutable;
using Vitrine.Model.Explain.Services;

namespace Vitrine.Model.Explain;

/// <summary>What was read of the machines, so that prediction stays a function of values. Everything may be missing.</summary>
public sealed record Observations
{
    public static readonly Observations None = new();

    /// <summary>By <see cref="Station.Name"/>.</summary>
    public ImmutableDictionary<string, Station> Stations { get; init; } = ImmutableDictionary<string, Station>.Empty;

    /// <summary>Nodes that were looked for and are not there.</summary>
    public ImmutableHashSet<string> AbsentNodes { get; init; } = [];

    /// <summary>What kubelet says of a pod's containers that do not run, by namespace/name: "main: CrashLoopBackOff, exit code 1".</summary>
    public ImmutableDictionary<string, string> PodTroubles { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>What makes pods, to say why a Service has none.</summary>
    public ImmutableArray<WorkloadPods> Workloads { get; init; } = [];
}
