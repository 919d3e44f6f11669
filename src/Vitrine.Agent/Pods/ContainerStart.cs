using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>One container to create and start now.</summary>
/// <param name="Attempt">Restart count it will carry.</param>
internal sealed record ContainerStart(V1Container Container, bool IsInit, int Attempt)
{
    /// <summary>Name of the container whose processes an ephemeral one shall see, or null.</summary>
    public static string? TargetOf(V1Pod pod, string name) => pod.Spec.EphemeralContainers?.FirstOrDefault(c => c.Name == name)?.TargetContainerName is { Length: > 0 } target ? target : null;
}
