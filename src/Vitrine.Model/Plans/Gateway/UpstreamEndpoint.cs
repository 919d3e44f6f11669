namespace Vitrine.Model.Plans.Gateway;

/// <summary>A pod that serves.</summary>
/// <param name="Address">as text</param>
/// <param name="Port">the pod's</param>
/// <param name="Pod">namespace/name, or null</param>
/// <param name="Node">it runs on, or null</param>
public sealed record UpstreamEndpoint(string Address, int Port, string? Pod, string? Node);
