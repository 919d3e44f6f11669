using System.Collections.Immutable;
using System.Net.Sockets;

namespace Vitrine.Model.Snapshot;

/// <summary>A discovery.k8s.io/v1 EndpointSlice with IP addresses; those of addressType FQDN are not in a snapshot.</summary>
public sealed record EndpointSlice
{
    /// <summary>The Service a slice belongs to.</summary>
    public const string ServiceNameLabel = "kubernetes.io/service-name";

    public required string Namespace { get; init; }

    public required string Name { get; init; }

    /// <summary>Name of the Service, in the same namespace; empty for a slice of none.</summary>
    public required string ServiceName { get; init; }

    public AddressFamily Family { get; init; } = AddressFamily.InterNetwork;

    public ImmutableArray<EndpointPort> Ports { get; init; } = [];

    public ImmutableArray<Endpoint> Endpoints { get; init; } = [];

    public string Key => $"{Namespace}/{Name}";

    public string ServiceKey => $"{Namespace}/{ServiceName}";
}
