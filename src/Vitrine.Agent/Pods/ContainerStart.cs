using k8s.Models;

namespace Vitrine.Agent.Pods;

/// <summary>One container to create and start now.</summary>
/// <param name="Attempt">Restart count it will carry.</param>
internal sealed record ContainerStart(V1Container Container, bool IsInit, int Attempt);
