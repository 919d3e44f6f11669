namespace Vitrine.Verbs;

/// <summary>What a policy dropped on one node.</summary>
/// <param name="Node">the pod's</param>
/// <param name="Policy">kind/namespace/name; null for packets of addresses whose pod the node did not know (yet)</param>
/// <param name="Direction">ingress or egress; null likewise</param>
internal sealed record NodeDrops(string Node, string? Policy, string? Direction, ulong Packets, ulong Bytes);
