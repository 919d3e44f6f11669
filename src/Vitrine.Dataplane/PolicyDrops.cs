using Vitrine.Dataplane.Apply.Policies;

namespace Vitrine.Dataplane;

/// <summary>Packets that a policy did not let through. One that several policies of a pod could have let through counts for each of them.</summary>
/// <param name="Policy">kind/namespace/name; null for packets of addresses whose pod the node did not know (yet)</param>
/// <param name="Direction">ingress or egress; null likewise</param>
/// <param name="Packets">dropped</param>
/// <param name="Bytes">dropped</param>
public sealed record PolicyDrops(string? Policy, string? Direction, ulong Packets, ulong Bytes)
{
    internal static PolicyDrops Of(string counter, ulong packets, ulong bytes) => counter == PolicySkeleton.Unknown || counter.LastIndexOf('/') is not (> 0 and var slash)
        ? new(null, null, packets, bytes) : new(counter[..slash], counter[(slash + 1)..], packets, bytes);
}
