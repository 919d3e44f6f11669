using System.Net;

namespace Vitrine.Model.Plans.Services;

/// <summary>An endpoint a connection may be sent to.</summary>
/// <param name="Address">of the endpoint</param>
/// <param name="Port">the target port, as the slice resolves it</param>
/// <param name="Local">on this node</param>
/// <param name="Slice">namespace/name of the EndpointSlice</param>
/// <param name="Pod">namespace/name of the pod, or empty</param>
public sealed record Backend(IPAddress Address, ushort Port, bool Local, string Slice, string Pod)
{
    public IPEndPoint EndPoint => new(Address, Port);
}
