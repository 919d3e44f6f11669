namespace Vitrine.Model.Snapshot;

/// <summary>One of an EndpointSlice's ports; its name is that of the Service's port.</summary>
/// <param name="Name">Empty where the only port has none.</param>
/// <param name="Protocol">TCP, UDP or SCTP.</param>
/// <param name="Port">0 where all ports are meant.</param>
/// <param name="AppProtocol">Empty for none.</param>
public sealed record EndpointPort(string Name, string Protocol, int Port, string AppProtocol = "");
