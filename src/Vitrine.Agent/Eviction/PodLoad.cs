using k8s.Models;

namespace Vitrine.Agent.Eviction;

/// <summary>What a pod uses of a scarce resource.</summary>
/// <param name="Used">Bytes of memory or disk, or processes.</param>
/// <param name="Requested">What it asked for; 0 where it did not.</param>
internal sealed record PodLoad(V1Pod Pod, long Used, long Requested);
