using System.Net;
using Vitrine.Model.Plans.Services;

namespace Vitrine.Model.Explain.Services;

/// <summary>A node has sent a connection to a Service on to one of its endpoints, and remembers it for the answers.</summary>
/// <param name="Station">the node</param>
/// <param name="Port">of the Service</param>
/// <param name="FrontEnd">where the client knocked</param>
/// <param name="Backend">where it is sent</param>
/// <param name="Asked">the address the client knocked at: of a node port, the node's</param>
/// <param name="Fate">which of the Service's lists the backend is from</param>
internal sealed record Redirect(string Station, PlannedPort Port, FrontEnd FrontEnd, Backend Backend, IPAddress Asked, Fate Fate) : IRewrite
{
    public IPAddress To => Backend.Address;

    public string Object => $"service/{Port.Service}";
}
