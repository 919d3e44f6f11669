using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Model.Explain;
using Vitrine.Model.Explain.Services;
using Vitrine.Model.Snapshot;

namespace Vitrine.Explaining;

/// <summary>The destination of a question, once its name is found and its port known.</summary>
/// <param name="Place">where to</param>
/// <param name="Port">0 for ICMP</param>
/// <param name="Transport">how</param>
internal sealed record Target(Place Place, int Port, Transport Transport)
{
    /// <summary>How its name was found; null when it was not given by a name.</summary>
    public NameResult? Naming { get; init; }

    /// <summary>A Service that has one port only needs no port in the question.</summary>
    /// <exception cref="CommandFailure">it has several, or not the one asked for</exception>
    public static Target OfService(Service service, PlaceText text, AddressFamily? family)
    {
        var place = new Place(Place.Service(service.Key), service.ClusterIPs.FirstOrDefault(a => family is null || a.AddressFamily == family));
        if (text.Port > 0 || text.SaysTransport)
            return new Target(place, text.Port, text.Transport);
        return service.Ports switch
        {
            [var only] => new Target(place, only.Port, TransportOf(only.Protocol)),
            [] => new Target(place, 0, Transport.Icmp),
            var several => throw new CommandFailure($"service/{service.Key} has several ports", $"give one of them: {string.Join(", ", several.Select(p => $"{text.Name}:{p.Port}{(p.Protocol == "TCP" ? "" : $"/{p.Protocol.ToLowerInvariant()}")}"))}"),
        };
    }

    private static Transport TransportOf(string protocol) => protocol switch { "UDP" => Transport.Udp, "SCTP" => Transport.Sctp, _ => Transport.Tcp };
}
