using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Gateway;

/// <summary>One port of one address that clients see.</summary>
/// <param name="Name">stable: the Gateway and its listeners' port, or "ingress:80"</param>
/// <param name="Port">clients', at the LoadBalancer's address</param>
/// <param name="TargetPort">the proxy's, at every node's address</param>
public sealed record PlannedListener(string Name, int Port, int TargetPort, ListenerProtocol Protocol)
{
    /// <summary>The most specific name takes a request; rules of other hosts are not tried after it.</summary>
    public ImmutableArray<VirtualHost> Hosts { get; init; } = [];

    public ImmutableArray<ServerCertificate> Certificates { get; init; } = [];

    public ImmutableArray<PassthroughRoute> Passthrough { get; init; } = [];

    /// <summary>Connections begin with the PROXY protocol (v1 or v2) from these ranges; others' is an error.</summary>
    public ImmutableArray<string> ProxyProtocolFrom { get; init; } = [];

    /// <summary>X-Forwarded-For of these ranges is believed.</summary>
    public ImmutableArray<string> TrustedHops { get; init; } = [];
}
