using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Model.Explain.Policies;
using Vitrine.Model.Explain.Services;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Explain;

/// <summary>
/// Carries one packet from station to station, doing at each what the kernel does, in the kernel's order:
/// <code>
/// in ─ 1 too large for the link? ─ 2 room for a connection? un-masquerade; a Service's address? a host port? DNS that is away? ─ 3 ours? policies; take it ─ 4 forwarding? reverse path? ─ 5 route ─ 6 guard; for no Service?; policies ─ 7 too large? ─ 8 masquerade ─ out by veth, tunnel or link
/// </code>
/// </summary>
internal sealed class Wayfarer(Scene scene, List<Masquerade> masquerades, Redirects redirects)
{
    private const int MaxStations = 16;

    // veth and bridge let through what is larger than the receiver's MTU by a VLAN tag (__is_skb_forwardable of net/core/dev.c).
    private const int VlanTag = 4;

    private readonly List<Hop> hops = [];
    private readonly Endings ends = new(scene);
    private (Station Station, PlannedRoute Wanted, StationRoute Taken)? strayed;

    /// <param name="station">where it is</param>
    /// <param name="packet">what it is</param>
    /// <param name="input">link it comes in by; null when the station itself sends it</param>
    internal Leg Go(Station station, Packet packet, StationLink? input = null)
    {
        for (var i = 0; i < MaxStations; i++)
        {
            var step = At(station, packet, input);
            if (step.Leg is { } end)
                return (strayed is { } s ? ends.Strayed(end, s.Station, s.Wanted, s.Taken) : end) with { Hops = [.. hops], End = end.End ?? station, Packet = end.Packet ?? packet };
            (station, packet, input) = (step.Next!, step.Packet!, step.Input);
        }
        return ends.Loop(station) with { Hops = [.. hops], End = station, Packet = packet };
    }

    private readonly record struct Step(Leg? Leg, Station? Next = null, Packet? Packet = null, StationLink? Input = null);

    private Step At(Station station, Packet packet, StationLink? input)
    {
        // 1
        if (input is { Kind: "veth", Mtu: > 0 } && packet.Size > input.Mtu + VlanTag && !packet.MayFragment)
            return End(ends.TooBigToReceive(station, input, packet), station, input, null, "thrown away: larger than the link's MTU", $"{input.Name} mtu {input.Mtu}", packet);
        // 2
        if (!packet.IsReply && !packet.InTunnel && station.Connections is { IsFull: true } table)
            return End(ends.TableFull(station, table, input is null), station, input, null, "thrown away: the connection table is full", $"net.netfilter.nf_conntrack_max = {table.Most}", packet);
        var known = masquerades.FindLast(m => packet.IsReply && m.Station == station.Name && m.Outside.Equals(packet.Destination));
        if (known is not null)
        {
            hops.Add(new Hop(station.Name, $"un-masquerade: for {known.Inside}", station.Name, null) { Input = input?.Name });
            packet = packet with { Destination = known.Inside };
        }
        if (ServiceStep.Of(scene, station, packet, input, redirects) is { } service)
        {
            if (service.Leg is { } refused)
                return End(refused, station, input, null, service.What, service.Entry, packet);
            hops.Add(new Hop(station.Name, service.What, $"service/{redirects.Made!.Port.Service}", service.Entry) { Input = input?.Name, Observed = false, Lost = service.Lost });
            packet = service.Packet;
        }
        else if (redirects.By(station) is null && HostPortRewrite.Of(scene, station, packet) is { } published)
        {
            redirects.Remember(published);
            var (what, entry) = scene.Foreign.Contains(published.Pod.NodeName!) ? ("by another network plugin, not by Vitrine", null) : ("the pod that publishes it", $"{HostPortRewrite.Table}: {packet.Transport.ToString().ToLowerInvariant()} {packet.Port} → {published.EndPoint}");
            hops.Add(new Hop(station.Name, $"host port {packet.Port}: sent to {published.EndPoint}, {what}", published.Object, entry) { Input = input?.Name, Observed = false });
            packet = packet with { Source = packet.Source ?? packet.Destination, Destination = published.To, Port = published.EndPoint.Port };
        }
        if (NameDetour.Of(scene, station, packet, redirects) is { } detour)
        {
            redirects.Remember(detour);
            var one = detour.Possible == 1 ? "the one that is ready" : $"one of {detour.Possible}";
            hops.Add(new Hop(station.Name, $"nobody answers for {packet.Destination} on {station.Name}: sent to the DNS of {Place.Node(detour.Peer.Node)}, {one}", station.Name, $"{NameDetour.Table}, chain {(input is null ? "dstnat-own" : "dstnat")} → {detour.Peer.Address}") { Input = input?.Name, Observed = false });
            packet = packet with { Source = packet.Source ?? packet.Destination, Destination = detour.Peer.Address };
        }
        // 3
        if (station.Holds(packet.Destination))
            return Policed(null) ?? Take(station, Answered(station, packet with { Source = packet.Source ?? packet.Destination }), input);
        // 4
        // IPv4 asks first whether it forwards; IPv6 first looks for a route, and refuses without one.
        if (!packet.IsV6 && NotForwarding() is { } stopped)
            return stopped;
        if (input is { StrictReversePath: true } && !packet.IsV6 && packet.Source is { } from && !IsReverse(station, from, input))
            return End(ends.WrongReversePath(station, input, from), station, input, null, $"thrown away: an answer to {from} would not go by {input.Name}", $"net.ipv4.conf.{input.Name}.rp_filter = 1", packet);
        // 5
        var choice = RouteChoice.Of(station, packet.Destination);
        var planned = scene.PlanOf(station.Name);
        var missing = RouteChoice.Missing(planned, station, packet.Destination);
        if (choice.Route is not { Kind: RouteKind.Unicast } route || station.Link(route.Device) is not { } link)
            return End(ends.NoWay(station, packet, choice.Route, missing), station, input, null, choice.Route is null ? $"no route to {packet.Destination}" : "refused by a route", choice.Route?.ToString(), packet, choice.Lost);
        if (packet.IsV6 && NotForwarding() is { } still)
            return still;
        if (missing is not null)
            strayed ??= (station, missing, route);
        if (packet.Source is null)
            packet = packet with { Source = SourceAddress.Of(station, route, link, packet.Destination) };
        if (packet.Source is null)
            return End(ends.NoSource(station, packet), station, input, link, $"{station.Name} has no address to send from", route.ToString(), packet, choice.Lost);
        // 6
        if (ServiceStep.Leftover(scene, station, packet, input, redirects) is { Leg: { } nobody } leftover)
            return End(nobody, station, input, link, leftover.What, leftover.Entry, packet, choice.Lost);
        if (input is not null && planned is not null && redirects.By(station) is null && Guards(planned, packet))
            return End(ends.Guarded(station, planned, packet), station, input, link, "thrown away by the guard: from outside to a pod", $"table inet vitrine-guard, chain forward, \"{station.Name}: from outside to pods\"", packet, choice.Lost);
        if (Policed(link) is { } denied)
            return denied;
        if (!link.Up)
            return End(ends.LinkDown(station, link), station, input, link, "thrown away: the link is down", $"{link.Name} state DOWN", packet, choice.Lost);
        // 7
        var mtu = route.Mtu > 0 ? route.Mtu : link.Mtu;
        if (mtu > 0 && packet.Size > mtu && !packet.MayFragment)
            return End(ends.TooBig(station, link, mtu, packet), station, input, link, $"refused: {packet.Size} bytes, and {link.Name} takes {mtu}", route.ToString(), packet, choice.Lost);
        if (input is null && station.LearntMtu.TryGetValue(packet.Destination, out var learnt) && packet.Size > learnt && !packet.MayFragment)
            return End(ends.TooBigAsLearnt(station, learnt, packet), station, input, link, $"refused: {packet.Size} bytes, and it has learnt that the way takes {learnt}", $"{route} cache mtu {learnt}", packet, choice.Lost);
        // 8
        hops.Add(new Hop(station.Name, What(station, route, link), Owner(station, planned, packet.Destination), route.ToString())
        {
            Input = input?.Name, Output = link.Name, Lost = choice.Lost, Observed = station.Observed, InTunnel = packet.InTunnel, RoutedTo = packet.Destination, RoutedFrom = packet.Source,
        });
        if (planned is not null && !packet.IsReply && !packet.InTunnel && packet.Source is { } source && Masquerades(planned, source, packet.Destination))
        {
            if (Own() is not { } outside)
                return NoOwn();
            masquerades.Add(new Masquerade(station.Name, outside, source));
            hops.Add(new Hop(station.Name, $"masquerade: {source} becomes {outside}", station.Name, $"table inet vitrine-masquerade, chain postrouting, \"{station.Name}: pods to the outside\"") { Output = link.Name, Observed = false });
            packet = packet with { Source = outside };
        }
        else if (Lent(station, packet) is { } reason && packet.Source is { } client)
        {
            if (Own() is not { } own)
                return NoOwn();
            masquerades.Add(new Masquerade(station.Name, own, client));
            hops.Add(new Hop(station.Name, $"masquerade: {client} becomes {own}, {reason.Why}", redirects.By(station)!.Object, $"{reason.Table}, chain postrouting") { Output = link.Name, Observed = false });
            packet = packet with { Source = own };
        }
        return Out(station, Answered(station, packet), route, link);

        Step? Policed(StationLink? output)
        {
            foreach (var step in PolicyStep.Of(scene, station, packet, input))
                if (step.Leg is { } end)
                    return End(end, station, input, output, step.What, PolicyStep.Entry, packet);
                else
                    hops.Add(new Hop(station.Name, step.What, step.Object, PolicyStep.Entry) { Input = input?.Name, Output = output?.Name, Observed = false });
            return null;
        }

        // nf_nat_masquerade: without an address of its own the node drops what it should lend one to.
        IPAddress? Own() => SourceAddress.Of(station, route with { Source = null }, link, packet.Destination);

        Step NoOwn() => End(ends.NoSource(station, packet), station, input, link, $"thrown away: {station.Name} has no address to lend it", route.ToString(), packet);

        Step? NotForwarding() => input is null || station.Forwards(packet.Destination) ? null
            : End(ends.NotForwarding(station, packet), station, input, null, "thrown away: the namespace does not forward", $"{(packet.IsV6 ? "net.ipv6.conf.all.forwarding" : "net.ipv4.ip_forward")} = 0", packet);
    }

    /// <summary>Why a node lends a packet that it has sent on its own address, and the table that does; null where it does not.</summary>
    private (string Why, string Table)? Lent(Station station, Packet packet)
    {
        if (packet.IsReply || packet.InTunnel || packet.Source is not { } client)
            return null;
        var (why, table) = redirects.By(station) switch
        {
            Redirect made => (ServiceStep.Masquerade(scene, made, client), ServiceStep.Table),
            HostPortRewrite published => (published.Masquerade(client), HostPortRewrite.Table),
            NameDetour detour => (detour.Masquerade(client), NameDetour.Table),
            _ => (null, ""),
        };
        return why is null ? null : (why, table);
    }

    /// <summary>The answer of a Service's endpoint, of a host port's pod, or of another node's DNS, bears the address that was asked again once it has passed the node that sent the question on.</summary>
    private Packet Answered(Station station, Packet packet)
    {
        if (redirects.Undone(station, packet) is not { } made)
            return packet;
        hops.Add(new Hop(station.Name, $"the answer comes from {made.Asked} again", made.Object, null) { Observed = false });
        return packet with { Source = made.Asked };
    }

    private Step Out(Station station, Packet packet, StationRoute route, StationLink link)
    {
        if (link.Kind == "vxlan")
            return Tunnel(station, packet, route, link);
        if (link.Kind == "veth" && Wires.Pod(scene, station, link, packet.Destination) is { } pod)
            return Enter(pod.Station, packet, pod.Link, station, link);
        if (Wires.Node(scene, station, link) is { } node)
            return Enter(node.Station, packet, node.Link, station, link);
        var next = route.Gateway ?? packet.Destination;
        if (Wires.OnLink(scene, station, link, next) is { } neighbour)
            return Enter(neighbour.Station, packet, neighbour.Link, station, link);
        if (Wires.Announcer(scene, link, next) is { } announcer)
        {
            hops.Add(new Hop(station.Name, $"{announcer.Station.Name} answers for {next} on {link.Name}", announcer.Station.Name, $"{next} dev {link.Name}") { Output = link.Name, Observed = false });
            return Enter(announcer.Station, packet, announcer.Link, station, link);
        }
        return scene.PodAt(packet.Destination) is { NodeName: { } home } guest && scene.Foreign.Contains(home)
            ? Carried(station, packet, link, guest, home) : new Step(ends.Beyond(station, link, route, next, packet));
    }

    /// <summary>The way to a pod that another plugin connects is that one's; who may talk to whom on it is not.</summary>
    private Step Carried(Station station, Packet packet, StationLink by, Pod pod, string node)
    {
        var target = scene.StationOf(pod);
        hops.Add(new Hop(station.Name, $"to {target}: done by another network plugin, not by Vitrine", target, null) { Output = by.Name, Observed = false });
        // At a node it passes it was judged already, and a node reaches its own pods.
        var sender = packet.Source is { } source ? scene.PodAt(source)?.NodeName : null;
        var judges = new[] { sender, node }.OfType<string>().Distinct().Select(Place.Node).Where(n => n != station.Name);
        foreach (var judge in judges)
            foreach (var step in PolicyStep.Of(scene, judge, packet))
                if (step.Leg is { } end)
                    return End(end, scene.Station(judge) ?? station, null, null, step.What, PolicyStep.Entry, packet);
                else
                    hops.Add(new Hop(judge, step.What, step.Object, PolicyStep.Entry) { Observed = false });
        return scene.Station(target) is { } there ? Take(there, packet, null) : new Step(new Leg([], Verdict.NotKnown, $"what {target} does with it is not known") { Packet = packet });
    }

    private Step Enter(Station next, Packet packet, StationLink input, Station from, StationLink by) =>
        input.Up ? new Step(null, next, packet, input) : new Step(ends.PeerDown(from, by, next, input));

    /// <summary>The envelope goes to the other end's address as any packet of the node's own; there the packet comes out of that node's tunnel device.</summary>
    private Step Tunnel(Station station, Packet packet, StationRoute route, StationLink link)
    {
        var plan = scene.PlanOf(station.Name);
        var peer = plan?.TunnelPeers.FirstOrDefault(p => p.Device == link.Name && p.NextHops.Contains(route.Gateway!));
        var device = plan?.Tunnels.FirstOrDefault(t => t.Name == link.Name);
        if (peer is null || device is null)
            return new Step(ends.NoTunnel(station, link, route));
        var envelope = new Packet(device.Local, peer.Remote, Transport.Udp, Vtep.Port, packet.Size + Vtep.Overhead(peer.Remote.AddressFamily))
        {
            InTunnel = true, MayFragment = false,
        };
        hops.Add(new Hop(station.Name, $"into the tunnel to {peer.Owner}: VXLAN {Vtep.Vni} to {peer.Remote}", peer.Owner, $"{peer.Mac} dev {peer.Device} dst {peer.Remote} self permanent") { Output = link.Name, Observed = station.Observed, InTunnel = true });
        var outer = new Wayfarer(scene, [], new Redirects(0)).Go(station, envelope);
        hops.AddRange(outer.Hops);
        // Routers between the nodes' links are nobody's we know: what goes to them is taken to arrive.
        var end = outer.Verdict is Verdict.Delivered or Verdict.NotKnown ? outer.End : outer.Verdict == Verdict.LeavesCluster ? scene.Station(peer.Owner) : null;
        if (end is null)
            return new Step(outer with { Told = [Answer.Silent], End = station, Packet = packet });
        return end.Link(link.Name) is { Up: true } exit ? new Step(null, end, packet, exit) : new Step(ends.NoTunnelEnd(end, link.Name));
    }

    private Step Take(Station station, Packet packet, StationLink? input)
    {
        var object_ = station.Name;
        if (packet.InTunnel || packet.IsReply)
        {
            if (!packet.InTunnel)
                hops.Add(new Hop(station.Name, "the answer is here", object_, null) { Input = input?.Name ?? "lo", Observed = station.Observed });
            return new Step(new Leg([], Verdict.Delivered) { Packet = packet });
        }
        var (leg, what, entry) = Takers.Judge(scene, station, packet);
        hops.Add(new Hop(station.Name, what, object_, entry, leg.Verdict is Verdict.Delivered or Verdict.NotKnown) { Input = input?.Name ?? "lo", Observed = station.Observed });
        return new Step(leg with { Packet = packet });
    }

    private Step End(Leg leg, Station station, StationLink? input, StationLink? output, string what, string? entry, Packet packet, ImmutableArray<string> lost = default)
    {
        hops.Add(new Hop(station.Name, what, leg.Culprit ?? station.Name, entry, Passed: false)
        {
            Input = input?.Name, Output = output?.Name, Lost = lost.IsDefault ? [] : lost, Observed = station.Observed, InTunnel = packet.InTunnel,
        });
        return new Step(leg with { Packet = packet });
    }

    private static bool IsReverse(Station station, IPAddress from, StationLink input) =>
        RouteChoice.Of(station, from).Route is { Kind: RouteKind.Unicast } back && back.Device == input.Name;

    private static bool Guards(RoutePlan plan, Packet packet) =>
        !packet.IsReply && packet.Source is { } from && plan.RangeOf(packet.Destination) is { IsOwn: true }
        && plan.RangeOf(from) is null && !plan.NodeAddresses.Any(a => a.Address.Equals(from));

    private static bool Masquerades(RoutePlan plan, IPAddress from, IPAddress to) =>
        plan.RangeOf(from) is { IsOwn: true } && plan.RangeOf(to) is null && !plan.NodeAddresses.Any(a => a.WithoutNat && a.Address.Equals(to));

    private string What(Station station, StationRoute route, StationLink link) => link.Kind switch
    {
        "vxlan" => $"route to {Owner(station, scene.PlanOf(station.Name), route.Destination.BaseAddress)} through the tunnel",
        "veth" when route.Gateway is null && route.IsHost => "route to the pod's veth",
        _ => route.Gateway is { } gateway ? $"route to {gateway} on {link.Name}" : $"on the link {link.Name}",
    };

    private string Owner(Station station, RoutePlan? plan, IPAddress to) =>
        scene.PodAt(to) is { } pod && pod.NodeName is { } home && Place.Node(home) == station.Name ? Place.Pod(pod.Key) : plan?.RangeOf(to)?.Owner ?? station.Name;
}
