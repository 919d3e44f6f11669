using System.Net;
using Vitrine.Model.Explain.Services;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Explain;

/// <summary>What happens to a packet where it arrives: somebody listens, or the kernel says that nobody does.</summary>
internal static class Takers
{
    internal static (Leg Leg, string What, string? Entry) Judge(Scene scene, Station station, Packet packet)
    {
        if (packet.Transport == Transport.Icmp)
            return (new Leg([], Verdict.Delivered), "the kernel answers the echo", null);
        var name = packet.Transport.ToString().ToUpperInvariant();
        if (station.Listeners is not { } listeners)
            return (Unread(scene, station, packet, name), $"arrives; whether {name} port {packet.Port} is open is not known", null);
        if (station.Taker(packet.Transport, packet.Destination, packet.Port) is { } taker)
            return (new Leg([], Verdict.Delivered), $"{name} port {packet.Port} is open", taker.ToString());
        return (Refused(scene, station, packet, name, [.. listeners.Where(l => l.Transport == packet.Transport)]), $"refused: nothing takes {name} port {packet.Port}", null);
    }

    /// <summary>Of a namespace that was not read, containers' ports are a hint of what listens: who declares some and not this one has probably mistaken it.</summary>
    private static Leg Unread(Scene scene, Station station, Packet packet, string name)
    {
        var leg = new Leg([], Verdict.NotKnown, $"whether anything listens on {name} port {packet.Port} is not known");
        var declared = PodOf(scene, station)?.Ports.Where(p => p.Protocol == name).Select(p => p.Port).Distinct().Order().ToArray() ?? [];
        return declared.Length == 0 || declared.Contains(packet.Port) ? leg : leg with
        {
            Culprit = station.Name, Why = $"no container of {station.Name} declares {name} port {packet.Port}; they declare {string.Join(", ", declared)}",
            Fix = $"ask for port {string.Join(" or ", declared)}, or let a container listen on {packet.Port} and declare it",
        };
    }

    private static Pod? PodOf(Scene scene, Station station) => new Place(station.Name, null).PodKey is { } key ? scene.Snapshot.Pods.GetValueOrDefault(key) : null;

    private static Leg Refused(Scene scene, Station station, Packet packet, string name, Listener[] listeners)
    {
        var pod = PodOf(scene, station);
        var leg = new Leg([], Verdict.Refused) { Culprit = station.Name, Told = [Answer.Refused] };
        if (NameDetour.IsQuestion(scene, packet) || NameDetour.IsForStandIn(scene, station, packet))
            return leg with
            {
                Why = $"nobody answers for the cluster's DNS on {station.Name}: its agent does not run, or does not know the cluster yet",
                Fix = $"see why the agent of {station.Name} does not run", Command = "vitrine status",
            };
        var any = packet.IsV6 ? "[::]" : "0.0.0.0";
        if (listeners.FirstOrDefault(l => l.Port == packet.Port) is { } elsewhere)
            return leg with
            {
                Why = $"in {station.Name} something listens on {name} port {packet.Port}, but on {elsewhere.Address} only{(IPAddress.IsLoopback(elsewhere.Address) ? ": nobody outside the pod reaches that" : "")}",
                Fix = $"let it listen on {any}:{packet.Port} instead of {elsewhere.Address}", Command = pod is null ? null : Exec(pod),
            };
        if (new Place(station.Name, null).NodeName is { } node && HostPortRewrite.Missed(scene, node, packet, leg) is { } missed)
            return missed;
        var trouble = pod is not null && scene.Observations.PodTroubles.TryGetValue(pod.Key, out var says) ? says : null;
        if (trouble is not null)
            return leg with
            {
                Why = $"nobody listens on {name} port {packet.Port} of {station.Name}: a container does not run ({trouble})",
                Fix = "see why the container ends", Command = $"kubectl logs {pod!.Name} -n {pod.Namespace} --previous",
            };
        var open = listeners.Where(l => l.Takes(packet.Destination)).Select(l => l.Port).Distinct().Order().ToArray();
        var declared = pod?.Ports.Any(p => p.Port == packet.Port && p.Protocol == name) == true ? $" although its spec declares containerPort {packet.Port}" : "";
        return open.Length > 0
            ? leg with
            {
                Why = $"nobody listens on {name} port {packet.Port} of {station.Name}{declared}; something listens on port {string.Join(", ", open)}",
                Fix = open.Length == 1 ? $"ask for port {open[0]}, or let the container listen on {packet.Port}" : $"ask for one of these ports, or let the container listen on {packet.Port}",
            }
            : leg with
            {
                Why = $"nobody listens on {name} port {packet.Port} of {station.Name}{declared}, nor on any other {name} port",
                Fix = $"start a server on {any}:{packet.Port} in it", Command = pod is null ? null : $"kubectl logs {pod.Name} -n {pod.Namespace} --all-containers",
            };
    }

    private static string Exec(Pod pod) => $"kubectl exec {pod.Name} -n {pod.Namespace} -- ss -tuln";
}
