using System.Collections.Immutable;
using System.Net;

namespace Vitrine.Model.Plans.Services;

/// <summary>One address and port that clients of a Service's port use.</summary>
/// <param name="Kind">what it is to the Service</param>
/// <param name="Key">the address and port</param>
/// <param name="Inside">for clients within the cluster: pods, and this node itself</param>
/// <param name="Outside">for all others. externalTrafficPolicy Local is for them alone: a client inside is treated as if it had gone out to a load balancer and come back</param>
public sealed record FrontEnd(FrontEndKind Kind, FrontEndKey Key, Fate Inside, Fate Outside)
{
    /// <summary>spec.loadBalancerSourceRanges of this family; null lets everybody in, empty (ranges of the other family alone) nobody.</summary>
    public ImmutableArray<IPNetwork>? Sources { get; init; }

    /// <summary>Whether a client may use it. The address itself may: so a node that holds it calls.</summary>
    public bool Admits(IPAddress client) => Sources is not { } ranges || client.Equals(Key.Address) || ranges.Any(r => r.Contains(client));
}
