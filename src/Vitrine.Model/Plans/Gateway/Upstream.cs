using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Gateway;

/// <summary>A port of a Service, and the pods behind it now.</summary>
/// <param name="Key">namespace/name:port, with the protocol where it is not plain HTTP</param>
/// <param name="Service">namespace/name</param>
/// <param name="Port">of the Service</param>
public sealed record Upstream(string Key, string Service, int Port, UpstreamProtocol Protocol)
{
    /// <summary>Those that take new requests: ready, or, where none is ready, serving while they end. Others finish what they have.</summary>
    public ImmutableArray<UpstreamEndpoint> Endpoints { get; init; } = [];

    public UpstreamTls? Tls { get; init; }

    /// <summary>Requests at one endpoint at a time; 0 for no limit.</summary>
    public int MaxRequests { get; init; }

    /// <summary>What each endpoint is asked for, to know whether it is well; null for not.</summary>
    public string? HealthCheckPath { get; init; }
}
