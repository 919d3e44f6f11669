namespace Vitrine.Model.Plans.Policies;

/// <summary>A pod of this node.</summary>
/// <param name="Pod">namespace/name</param>
/// <param name="Uid">as the container runtime knows it; a pod made again under the same name has another</param>
public sealed record PodPolicies(string Pod, string Uid, Isolation Ingress, Isolation Egress);
