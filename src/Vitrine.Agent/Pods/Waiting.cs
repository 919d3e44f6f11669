namespace Vitrine.Agent.Pods;

/// <summary>Why a container does not run yet, in kubelet's words.</summary>
internal sealed record Waiting(string Reason, string? Message);
