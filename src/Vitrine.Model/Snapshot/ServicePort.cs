namespace Vitrine.Model.Snapshot;

/// <summary>One of spec.ports of a Service.</summary>
/// <param name="Name">Empty where the only port has none.</param>
/// <param name="Protocol">TCP, UDP or SCTP.</param>
/// <param name="Port">1 to 65535.</param>
/// <param name="TargetPort">A number or a container port's name, as text.</param>
/// <param name="NodePort">0 for none.</param>
/// <param name="AppProtocol">Empty for none.</param>
public sealed record ServicePort(string Name, string Protocol, int Port, string TargetPort, int NodePort, string AppProtocol = "");
