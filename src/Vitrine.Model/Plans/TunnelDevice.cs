using System.Collections.Immutable;
using System.Net;

namespace Vitrine.Model.Plans;

/// <summary>This node's end of the tunnels over one address family: a VXLAN device that learns nothing and floods nothing (RFC 7348).</summary>
/// <param name="Name">of the link</param>
/// <param name="Local">our address, outer source</param>
/// <param name="Uplink">the link that holds it</param>
/// <param name="Mtu">bytes: the uplink's less what the tunnel adds</param>
/// <param name="Addresses">first addresses of our pod ranges: what the node itself sends through the tunnel comes from a pod range, so answers come back by it</param>
public sealed record TunnelDevice(string Name, IPAddress Local, string Uplink, int Mtu, ImmutableArray<IPAddress> Addresses)
{
    public string Mac => Vtep.Mac(Local);
}
