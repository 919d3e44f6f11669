using System.Net;
using Vitrine.Model.Plans;

namespace Vitrine.Model.Explain;

/// <summary>Every way a packet may end without arriving: why, who is at fault, what mends it, and what the sender is told.</summary>
internal sealed class Endings(Scene scene)
{
    internal Leg Loop(Station station) => Dropped(station.Name, "the packet goes round in a circle until its time is up", "look at the routes of the stations above", null);

    internal Leg TableFull(Station station, ConnectionTable table, bool itsOwn) => Dropped(station.Name,
        $"the connection table of {station.Name} is full ({table.Used} of {table.Most}): connections that stand go on, packets of new ones are thrown away",
        "find out who opens so many connections (conntrack -L), or give the machine a larger table", $"sysctl -w net.netfilter.nf_conntrack_max={Math.Max(table.Most * 2, 65536)}") with
    {
        Told = itsOwn ? [Answer.Silent, Answer.Prohibited, Answer.Answered] : [Answer.Silent, Answer.Answered],
    };

    internal Leg TooBigToReceive(Station station, StationLink link, Packet packet) => Dropped(station.Name,
        $"a packet of {packet.Size} bytes{(packet.InTunnel ? " (with the tunnel's envelope)" : "")} is more than {link.Name} of {station.Name} takes ({link.Mtu}), and its sender is not told",
        $"give {link.Name} of {station.Name} the MTU of its neighbours", $"ip link set {link.Name} mtu {LinkMates(station, link)}");

    internal Leg TooBig(Station station, StationLink link, int mtu, Packet packet) => new([], Verdict.TooBig,
        $"a packet of {packet.Size} bytes that must not be cut up does not fit {link.Name} of {station.Name}, which takes {mtu}")
    {
        Culprit = station.Name, Told = [Answer.TooBig], Fix = packet.Size <= LinkMates(station, link) ? $"give {link.Name} of {station.Name} the MTU of its neighbours" : $"send at most {mtu} bytes",
        Command = packet.Size <= LinkMates(station, link) ? $"ip link set {link.Name} mtu {LinkMates(station, link)}" : null,
    };

    internal Leg TooBigAsLearnt(Station station, int learnt, Packet packet) => new([], Verdict.TooBig,
        $"{station.Name} has been told within the last ten minutes that the way to {packet.Destination} takes no more than {learnt} bytes, and remembers it; {packet.Size} do not fit")
    {
        Culprit = station.Name, Told = [Answer.TooBig], Fix = "mend the link that was too narrow, then let it forget", Command = $"ip {(packet.IsV6 ? "-6 " : "")}route flush cache",
    };

    /// <summary>IPv6 then sends from ::1, which nobody takes from a link.</summary>
    internal Leg NoSource(Station station, Packet packet) => Dropped(station.Name, $"{station.Name} has no {(packet.IsV6 ? "IPv6" : "IPv4")} address that others could answer to",
        "look whether the link that held it is up", "ip -br link; ip -br addr");

    internal Leg NotForwarding(Station station, Packet packet) => Dropped(station.Name, $"{station.Name} does not forward packets",
        "switch forwarding on", packet.IsV6 ? "sysctl -w net.ipv6.conf.all.forwarding=1" : "sysctl -w net.ipv4.ip_forward=1");

    internal Leg WrongReversePath(Station station, StationLink link, IPAddress from)
    {
        var owner = scene.PodAt(from);
        return Dropped(owner is null ? station.Name : Place.Pod(owner.Key), $"{station.Name} has no route to {from} by {link.Name}, so it takes the packet for a forged one (rp_filter)",
            "put the route back", $"ip route replace {from} dev {link.Name}") with { Culprit = station.Name };
    }

    internal Leg NoWay(Station station, Packet packet, StationRoute? route, PlannedRoute? missing)
    {
        var told = route is { Kind: RouteKind.Blackhole } ? Answer.Silent : route is { Kind: RouteKind.Prohibit } ? Answer.Prohibited : Answer.Unreachable;
        var leg = new Leg([], told == Answer.Silent ? Verdict.Dropped : Verdict.Unreachable) { Culprit = station.Name, Told = told == Answer.Prohibited ? [told, Answer.Unreachable] : [told] };
        if (missing is not null)
            return leg with
            {
                Culprit = station.Name, Why = $"{station.Name} has lost its route to the pods of {missing.Owner}: {missing}",
                Fix = "put the route back (the node's agent does, when it runs)", Command = $"ip route replace {missing}",
            };
        if (scene.PodAt(packet.Destination) is { NodeName: { } home } pod && Place.Node(home) == station.Name)
            return leg with
            {
                Culprit = Place.Pod(pod.Key), Why = $"{station.Name} has no route to the veth of {Place.Pod(pod.Key)}",
                Fix = "delete the pod, so that it is wired anew", Command = $"kubectl delete pod {pod.Name} -n {pod.Namespace}",
            };
        if (scene.PlanOf(station.Name)?.RangeOf(packet.Destination) is { IsOwn: true } own)
            return leg with { Culprit = own.Owner, Why = $"no pod of {own.Owner} has the address {packet.Destination}", Fix = "ask for the address of a pod that runs", Command = "kubectl get pods -A -o wide" };
        if (scene.PlanOf(station.Name)?.Conflicts.FirstOrDefault(c => scene.PlanOf(station.Name)?.RangeOf(packet.Destination)?.Node == c.Node) is { } conflict)
            return leg with { Culprit = Place.Node(conflict.Node), Why = conflict.ToString(), Fix = "mend the Node object's addresses or podCIDRs", Command = $"kubectl get node {conflict.Node} -o yaml" };
        return route is null
            ? leg with { Why = $"{station.Name} has no route to {packet.Destination}", Fix = "give it a route, or look whether its link is up", Command = "ip -br link; ip route" }
            : leg with { Why = $"{station.Name} refuses {packet.Destination} by the route \"{route}\"", Fix = "ask for an address that exists, or remove the route" };
    }

    internal Leg Guarded(Station station, RoutePlan plan, Packet packet) => Dropped(station.Name,
        $"{packet.Source} is neither a pod nor a node, and pods of node/{plan.NodeName} are reached from outside only through what is published",
        "publish the pod by a Service (NodePort, LoadBalancer), a hostPort or an Ingress", null);

    internal Leg LinkDown(Station station, StationLink link) =>
        Dropped(station.Name, $"link {link.Name} of {station.Name} is down", "set it up", $"ip link set {link.Name} up");

    internal Leg PeerDown(Station station, StationLink link, Station next, StationLink down) =>
        (link.Kind == "veth" && new Place(next.Name, null).PodKey is not null || new Place(station.Name, null).PodKey is not null
            ? Dropped(next.Name, $"link {down.Name} of {next.Name} is down", "set it up", $"ip link set {down.Name} up")
            : Unanswered(next.Name, $"link {down.Name} of {next.Name} is down: nobody answers for it on {link.Name} of {station.Name}", "set it up", $"ip link set {down.Name} up"))
        with { End = station };

    internal Leg NoTunnel(Station station, StationLink link, StationRoute route) =>
        Dropped(station.Name, $"no tunnel end is known behind \"{route}\"", "let the node's agent restore it", "vitrine status");

    internal Leg NoTunnelEnd(Station end, string device) =>
        Dropped(end.Name, $"{end.Name} has no working {device}: nobody opens the envelope", "let the node's agent restore it", $"ip link set {device} up") with { End = end };

    /// <summary>A planned route is gone, and a less specific one has led the packet to its end: that is where the fault lies.</summary>
    internal Leg Strayed(Leg end, Station station, PlannedRoute wanted, StationRoute taken) => end.Verdict is Verdict.Delivered or Verdict.NotKnown ? end : end with
    {
        Why = $"{station.Name} has lost its route to the pods of {wanted.Owner}, {wanted}; the packet goes by \"{taken}\" instead and does not arrive",
        Verdict = end.Verdict == Verdict.LeavesCluster ? Verdict.Dropped : end.Verdict,
        Told = end.Verdict == Verdict.LeavesCluster ? [Answer.Silent, Answer.Unreachable, Answer.Prohibited] : end.Told,
        Culprit = station.Name, Fix = "put the route back (the node's agent does, when it runs)", Command = $"ip route replace {wanted}",
    };

    /// <summary>A neighbour we know nothing of, or know to be gone.</summary>
    internal Leg Beyond(Station station, StationLink link, StationRoute route, IPAddress next, Packet packet)
    {
        if (scene.Snapshot.Nodes.Values.FirstOrDefault(n => n.Addresses.Contains(next)) is { } node)
            return scene.Observations.AbsentNodes.Contains(node.Name)
                ? Presence.Down(node.Name, station.Name, "") with { Verdict = Verdict.Unreachable, Told = [Answer.Silent, Answer.Unreachable], Hops = [] }
                : scene.Observations.Stations.ContainsKey(Place.Node(node.Name))
                    ? Unanswered(Place.Node(node.Name), $"node/{node.Name} does not have its InternalIP {next} on a link it shares with {station.Name}", $"give it back to the node's link", $"ip addr add {next} dev {link.Name}")
                    : new Leg([], Verdict.NotKnown, $"what node/{node.Name} does with it is not known");
        if (station.Silent.Contains(next))
            return Unanswered(station.Name, $"nobody answers for {next} on {link.Name} of {station.Name}", $"look whether {next} exists and is up", $"ip neigh show {next}");
        return new Leg([], Verdict.LeavesCluster, route.Gateway is null ? $"it leaves the cluster for {next} on {link.Name} of {station.Name}" : $"it leaves the cluster by {next}, the next hop of {station.Name}") { Packet = packet };
    }

    private static Leg Unanswered(string culprit, string why, string fix, string command) =>
        new([], Verdict.Unreachable, why) { Culprit = culprit, Fix = fix, Command = command, Told = [Answer.Silent, Answer.Unreachable] };

    private static Leg Dropped(string culprit, string why, string fix, string? command) => new([], Verdict.Dropped, why) { Culprit = culprit, Fix = fix, Command = command };

    /// <summary>The largest MTU among those on the same network; 1500 where nothing is known of them.</summary>
    private int LinkMates(Station station, StationLink link) => scene.Neighbours
        .SelectMany(s => s.Links.Where(l => (s.Name != station.Name || l.Name != link.Name) && l.Addresses.Any(a => link.Addresses.Any(o => o.Network.Equals(a.Network))))).Select(l => l.Mtu)
        .Append(link.Addresses.IsEmpty ? link.Mtu : 0).DefaultIfEmpty(0).Max() is > 0 and var most ? most : 1500;
}
