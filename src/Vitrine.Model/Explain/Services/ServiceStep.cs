using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Services;

namespace Vitrine.Model.Explain.Services;

/// <summary>What a node does with a packet to an address of a Service: sends it on to one of the endpoints, or ends it.</summary>
/// <param name="Packet">as it goes on</param>
/// <param name="Leg">its end; null when it goes on</param>
/// <param name="What">in a few words</param>
/// <param name="Entry">the kernel's entry</param>
internal sealed record ServiceStep(Packet Packet, Leg? Leg, string What, string Entry)
{
    internal const string Table = "table inet vitrine-services";

    /// <summary>Endpoints that the connection might have got instead.</summary>
    internal ImmutableArray<string> Lost { get; private init; } = [];

    /// <summary>Before the packet is routed: to an endpoint, or refused where there is none. Null where the packet is for no Service, or where no Service proxy of ours is.</summary>
    internal static ServiceStep? Of(Scene scene, Station station, Packet packet, StationLink? input, Redirects redirects)
    {
        if (!Concerns(packet, redirects) || scene.ServicesOf(station.Name) is not { } plan)
            return null;
        // A packet of the station's own has a route before it meets any table.
        if (input is null && !station.Holds(packet.Destination) && RouteChoice.Of(station, packet.Destination).Route is not { Kind: RouteKind.Unicast })
            return null;
        return ToSender(Of(scene, plan, station, packet, redirects), packet, input);
    }

    /// <summary>Once it is routed: what is still for a Service's address is for no port of it, or for no Service at all.</summary>
    internal static ServiceStep? Leftover(Scene scene, Station station, Packet packet, StationLink? input, Redirects redirects) =>
        Concerns(packet, redirects) && scene.ServicesOf(station.Name) is { } plan && Nobody(scene, plan, packet) is { } nobody
            ? ToSender(new ServiceStep(packet, nobody, "refused: no Service has this address and port", $"{Table}: no element for {packet.Destination}, {packet.Transport.ToString().ToLowerInvariant()} {packet.Port}"), packet, input)
            : null;

    private static bool Concerns(Packet packet, Redirects redirects) => !packet.IsReply && !packet.InTunnel && redirects.Made is null;

    /// <summary>The sender's own kernel does not take a datagram: EPERM, whether it was to be refused or dropped. What is refused may be told by ICMP first.</summary>
    private static ServiceStep? ToSender(ServiceStep? step, Packet packet, StationLink? input) =>
        step is { Leg: { } end } && input is null && packet.Transport == Transport.Udp ? step with { Leg = end with { Told = [Answer.Prohibited, .. end.Told] } } : step;

    private static ServiceStep? Of(Scene scene, ServicePlan plan, Station station, Packet packet, Redirects redirects)
    {
        var protocol = ServiceProtocol.Number(packet.Transport.ToString().ToUpperInvariant());
        if (plan.Find(packet.Destination, protocol, packet.Port, station.Holds(packet.Destination)) is not { } found)
            return null;
        var (port, frontEnd) = found;
        var client = packet.Source ?? SourceFor(station, packet);
        var inside = client is null || plan.IsInside(client, station.Holds(client));
        var fate = inside ? frontEnd.Inside : frontEnd.Outside;
        var endings = new ServiceEndings(scene, port, frontEnd);
        var entry = $"{Table}: {frontEnd.Key}";
        if (client is not null && !frontEnd.Admits(client))
            return new ServiceStep(packet, endings.NotAdmitted(client), $"thrown away: service/{port.Service} does not admit {client}", entry);
        if (fate == Fate.Reject)
            return new ServiceStep(packet, endings.NoEndpoint(), $"refused: service/{port.Name} has no endpoint", entry);
        if (fate == Fate.Drop)
            return new ServiceStep(packet, endings.NoneHere(station, inside), $"thrown away: service/{port.Name} has no endpoint on {station.Name}", entry);
        var backends = port.BackendsOf(fate);
        var backend = backends[redirects.Which % backends.Length];
        redirects.Remember(new Redirect(station.Name, port, frontEnd, backend, packet.Destination, fate));
        var one = backends.Length == 1 ? "its one endpoint" : $"one of {backends.Length} endpoints";
        return new ServiceStep(packet with { Source = client, Destination = backend.Address, Port = backend.Port }, null, $"{frontEnd.Kind} of service/{port.Name}: sent to {backend.EndPoint}, {one}", $"{entry} → {backend.EndPoint}")
        {
            Lost = [.. backends.Where(b => b != backend).Take(8).Select(b => $"{b.EndPoint}: another connection may get it")],
        };
    }

    /// <summary>What is for a Service's address and no port of it, or for an address of the range that no Service has; null where it is neither.</summary>
    private static Leg? Nobody(Scene scene, ServicePlan plan, Packet packet) =>
        plan.Services.Values.FirstOrDefault(s => s.Service.ClusterIPs.Contains(packet.Destination) || s.Service.LoadBalancerAddresses.Contains(packet.Destination)) is { } service
            ? ServiceEndings.UnknownPort(service.Service, packet)
            : plan.Rules.ServiceRanges.Any(r => r.Contains(packet.Destination)) ? ServiceEndings.UnknownAddress(scene, packet) : null;

    /// <summary>Why the endpoint sees the node's address instead of the client's; null when it sees the client's.</summary>
    internal static string? Masquerade(Scene scene, Redirect made, IPAddress client)
    {
        if (scene.ServicesOf(made.Station) is not { } plan || plan.KeepsSource(client, made.Backend.Address))
            return null;
        return client.Equals(made.Backend.Address) ? "since a pod that is sent its own packet would answer itself"
            : IPAddress.IsLoopback(client) ? "since a loopback address does not leave its node"
            : "since the answer would not come back by this node";
    }

    /// <summary>The kernel has chosen a source by the way to the Service's address before it learns of the endpoint.</summary>
    private static IPAddress? SourceFor(Station station, Packet packet) =>
        station.Holds(packet.Destination) ? packet.Destination
        : RouteChoice.Of(station, packet.Destination).Route is { Kind: RouteKind.Unicast } route && station.Link(route.Device) is { } link ? SourceAddress.Of(station, route, link, packet.Destination) : null;
}
