using System.Collections.Immutable;
using System.Net;

namespace Vitrine.Model.Plans;

/// <summary>Another node's end of a tunnel: a forwarding entry, and a neighbour entry for each of its next hops.</summary>
/// <param name="Node">its name</param>
/// <param name="Device">our device that leads to it</param>
/// <param name="Remote">its address, outer destination</param>
/// <param name="NextHops">first addresses of its pod ranges</param>
public sealed record TunnelPeer(string Node, string Device, IPAddress Remote, ImmutableArray<IPAddress> NextHops)
{
    public string Mac => Vtep.Mac(Remote);

    /// <summary>Kind and name of the object it comes from.</summary>
    public string Owner => $"node/{Node}";
}
