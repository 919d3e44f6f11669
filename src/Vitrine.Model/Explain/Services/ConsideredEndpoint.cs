namespace Vitrine.Model.Explain.Services;

/// <summary>An endpoint of a Service, and why a connection may be sent to it or not.</summary>
/// <param name="EndPoint">address and port</param>
/// <param name="Object">the pod behind it, else its EndpointSlice, as kubectl names it</param>
/// <param name="Slice">namespace/name of the EndpointSlice; empty for a pod that is in none</param>
/// <param name="Chosen">connections are sent to it</param>
/// <param name="Why">in a few words</param>
public sealed record ConsideredEndpoint(string EndPoint, string Object, string Slice, bool Chosen, string Why);
