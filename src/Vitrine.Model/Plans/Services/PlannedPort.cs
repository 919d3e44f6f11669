using System.Collections.Immutable;
using System.Net.Sockets;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Services;

/// <summary>A Service's port in one address family: its front ends and whom they lead to.</summary>
/// <param name="Service">namespace/name</param>
/// <param name="Port">of spec.ports</param>
/// <param name="Family">of front ends and backends alike</param>
public sealed record PlannedPort(string Service, ServicePort Port, AddressFamily Family)
{
    public required byte Protocol { get; init; }

    /// <summary>Chosen for traffic policy Cluster, in the order of their addresses.</summary>
    public required ImmutableArray<Backend> Cluster { get; init; }

    /// <summary>Chosen for traffic policy Local.</summary>
    public required ImmutableArray<Backend> Local { get; init; }

    public ImmutableArray<FrontEnd> FrontEnds { get; init; } = [];

    /// <summary>Seconds a client stays with its backend; 0 for no affinity.</summary>
    public int AffinitySeconds { get; init; }

    /// <summary>For people: "default/web" or "default/web:http".</summary>
    public string Name => Port.Name.Length == 0 ? Service : $"{Service}:{Port.Name}";

    public ImmutableArray<Backend> BackendsOf(Fate fate) => fate switch { Fate.Cluster => Cluster, Fate.Local => Local, _ => [] };
}
