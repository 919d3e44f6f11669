using System.Net;

namespace Vitrine.Cni.Config;

/// <summary>A route inside the pod; without a gateway the network's own.</summary>
internal sealed record PodRoute(IPNetwork Destination, IPAddress? Gateway);
