using System.Net;

namespace Vitrine.Model.Snapshot;

/// <summary>A port a container says it listens on.</summary>
/// <param name="Container">The container's name.</param>
/// <param name="Name">Port name, or empty.</param>
/// <param name="Port">1 to 65535.</param>
/// <param name="Protocol">TCP, UDP or SCTP.</param>
/// <param name="HostPort">0 for none.</param>
/// <param name="HostAddress">The only address of the node it is published on: 0.0.0.0 or :: for every one of a family, null for every one.</param>
public sealed record PodPort(string Container, string Name, int Port, string Protocol, int HostPort, IPAddress? HostAddress = null)
{
    /// <summary>What arrives there for an address of the node is for the pod.</summary>
    public bool Publishes(string protocol, int port, IPAddress at) => HostPort == port && port > 0 && Protocol == protocol && (HostAddress is null || HostAddress.Equals(at)
        || HostAddress.AddressFamily == at.AddressFamily && (HostAddress.Equals(IPAddress.Any) || HostAddress.Equals(IPAddress.IPv6Any)));
}
