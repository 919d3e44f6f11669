namespace Vitrine.Model.Snapshot;

/// <summary>A port a container says it listens on.</summary>
/// <param name="Container">The container's name.</param>
/// <param name="Name">Port name, or empty.</param>
/// <param name="Port">1 to 65535.</param>
/// <param name="Protocol">TCP, UDP or SCTP.</param>
/// <param name="HostPort">0 for none.</param>
public sealed record PodPort(string Container, string Name, int Port, string Protocol, int HostPort);
