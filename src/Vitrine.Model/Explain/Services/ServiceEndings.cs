using System.Net;
using System.Net.Sockets;
using Vitrine.Model.Plans.Services;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Explain.Services;

/// <summary>Every way a connection to a Service may end at the node that should send it on: the object, the field, the smallest change.</summary>
internal sealed class ServiceEndings(Scene scene, PlannedPort port, FrontEnd frontEnd)
{
    private Service Service => scene.Snapshot.Services[port.Service];

    private string Object => $"service/{port.Service}";

    /// <summary>loadBalancerSourceRanges leaves the client out.</summary>
    internal Leg NotAdmitted(IPAddress client) => new([], Verdict.Dropped,
        $"{client} may not use the address {frontEnd.Key.Address} of {Object}: spec.loadBalancerSourceRanges lets in {(frontEnd.Sources is { IsEmpty: false } ranges ? string.Join(", ", ranges) : "nobody of this address family")} only")
    {
        Culprit = Object, Fix = $"add {client}/{(client.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32)} to spec.loadBalancerSourceRanges of {Object}",
        Command = $"kubectl patch service {Service.Name} -n {Service.Namespace} --type=json -p '[{{\"op\":\"add\",\"path\":\"/spec/loadBalancerSourceRanges/-\",\"value\":\"{client}/{(client.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32)}\"}}]'",
    };

    /// <summary>Traffic policy Local, and the endpoints are elsewhere.</summary>
    internal Leg NoneHere(Station station, bool inside)
    {
        var field = inside || frontEnd.Kind == FrontEndKind.ClusterIP ? "internalTrafficPolicy" : "externalTrafficPolicy";
        var others = Places();
        return new Leg([], Verdict.Dropped, $"spec.{field} of {Object} is Local, and no endpoint of it is on {station.Name}; there are some on {others}")
        {
            Culprit = Object, Fix = $"ask a node that has an endpoint ({others}), or set spec.{field} of {Object} to Cluster",
            Command = $"kubectl patch service {Service.Name} -n {Service.Namespace} -p '{{\"spec\":{{\"{field}\":\"Cluster\"}}}}'",
        };
    }

    /// <summary>Nothing to send it to, anywhere.</summary>
    internal Leg NoEndpoint()
    {
        var leg = new Leg([], Verdict.Refused) { Culprit = Object, Told = [Answer.Refused] };
        var service = Service;
        if (service.Selector.IsEmpty)
            return leg with
            {
                Why = $"{Object} has no selector, and no EndpointSlice names an endpoint for it", Fix = $"give it a selector, or write an EndpointSlice with the label kubernetes.io/service-name: {service.Name}",
                Command = $"kubectl get endpointslices -n {service.Namespace} -l kubernetes.io/service-name={service.Name}",
            };
        var pods = scene.Snapshot.Pods.Values.Where(p => p.Namespace == service.Namespace && !p.Finished && SelectorFault.Matches(service.Selector, p.Labels)).OrderBy(p => p.Key, StringComparer.Ordinal).ToArray();
        if (pods.Length == 0)
            return SelectorFault.Of(scene, service, leg);
        if (!int.TryParse(port.Port.TargetPort, out _) && !pods.Any(p => p.Ports.Any(c => c.Name == port.Port.TargetPort && c.Protocol == port.Port.Protocol)))
            return NoSuchPort(pods, leg);
        if (pods.All(p => !p.Ready || p.Terminating))
            return NotReady(pods, leg);
        return leg with
        {
            Why = $"{Object} selects {pods.Length} pods, some of them ready, and no EndpointSlice of this address family lists one: the controller has not caught up, or somebody else writes them",
            Fix = "look at its EndpointSlices, and whether the control plane runs", Command = $"kubectl get endpointslices -n {service.Namespace} -l kubernetes.io/service-name={service.Name} -o yaml",
        };
    }

    /// <summary>An address of the Service, and a port it does not have.</summary>
    internal static Leg UnknownPort(Service service, Packet packet)
    {
        var ports = string.Join(", ", service.Ports.Select(p => $"{p.Protocol} {p.Port}{(p.Name.Length > 0 ? $" ({p.Name})" : "")}"));
        var same = service.Ports.Where(p => p.Protocol.Equals(packet.Transport.ToString(), StringComparison.OrdinalIgnoreCase)).ToArray();
        return new Leg([], Verdict.Refused, packet.Transport == Transport.Icmp
            ? $"nobody is at {packet.Destination}: it is an address of service/{service.Key}, which takes {ports} and no ICMP"
            : $"service/{service.Key} has no {packet.Transport.ToString().ToUpperInvariant()} port {packet.Port}; it has {ports}")
        {
            Culprit = $"service/{service.Key}", Told = [Answer.Refused], Fix = same is [var one] ? $"ask for port {one.Port}, or add the port to spec.ports of service/{service.Key}" : $"ask for a port it has, or add the port to spec.ports of service/{service.Key}",
            Command = $"kubectl get service {service.Name} -n {service.Namespace}",
        };
    }

    /// <summary>An address of the Services' range that none has.</summary>
    internal static Leg UnknownAddress(Scene scene, Packet packet) => new([], Verdict.Refused, $"{packet.Destination} is of the range of Services, and no Service has it")
    {
        Culprit = $"{packet.Destination}", Told = [Answer.Refused], Fix = scene.Snapshot.Services.IsEmpty ? "make a Service" : "ask for the address of a Service that exists, or better for its name", Command = "kubectl get services -A",
    };

    /// <summary>The endpoint is there, and nobody listens where the Service sends.</summary>
    internal Leg WrongTarget(Leg refused, Backend backend, Station station)
    {
        var open = (station.Listeners ?? []).Where(l => $"{l.Transport}".Equals(port.Port.Protocol, StringComparison.OrdinalIgnoreCase) && l.Takes(backend.Address)).Select(l => l.Port).Distinct().Order().ToArray();
        var index = Service.Ports.IndexOf(port.Port);
        if (open.Length == 0 || !int.TryParse(port.Port.TargetPort, out _))
            return refused;
        var best = open.FirstOrDefault(o => scene.Snapshot.Pods.GetValueOrDefault(backend.Pod)?.Ports.Any(p => p.Port == o) == true, open[0]);
        return refused with
        {
            Culprit = Object, Why = $"spec.ports[{index}].targetPort of {Object} is {port.Port.TargetPort}, and nobody listens there in {station.Name}; something listens on port {string.Join(", ", open)}",
            Fix = $"set spec.ports[{index}].targetPort of {Object} to {best}",
            Command = $"kubectl patch service {Service.Name} -n {Service.Namespace} --type=json -p '[{{\"op\":\"replace\",\"path\":\"/spec/ports/{index}/targetPort\",\"value\":{best}}}]'",
        };
    }

    private Leg NoSuchPort(Pod[] pods, Leg leg)
    {
        var index = Service.Ports.IndexOf(port.Port);
        var names = pods.SelectMany(p => p.Ports).Where(p => p.Protocol == port.Port.Protocol).ToArray();
        var meant = Nearest.To(port.Port.TargetPort, names.Select(n => n.Name).Where(n => n.Length > 0).Distinct());
        var value = meant is not null ? $"\"{meant}\"" : names.Select(n => n.Port).Distinct().ToArray() is [var only] ? $"{only}" : null;
        return leg with
        {
            Why = $"spec.ports[{index}].targetPort of {Object} is the name \"{port.Port.TargetPort}\", and no container of its pods has a {port.Port.Protocol} port of that name; they have {(names.Length == 0 ? "none at all" : string.Join(", ", names.Select(n => n.Name.Length > 0 ? $"{n.Name} ({n.Port})" : $"{n.Port} without a name").Distinct()))}",
            Fix = value is null ? $"name the container's port \"{port.Port.TargetPort}\" in {Place.Pod(pods[0].Key)}'s template, or give targetPort as a number" : $"set spec.ports[{index}].targetPort of {Object} to {value}",
            Command = value is null ? $"kubectl get pod {pods[0].Name} -n {pods[0].Namespace} -o jsonpath='{{.spec.containers[*].ports}}'"
                : $"kubectl patch service {Service.Name} -n {Service.Namespace} --type=json -p '[{{\"op\":\"replace\",\"path\":\"/spec/ports/{index}/targetPort\",\"value\":{value}}}]'",
        };
    }

    private Leg NotReady(Pod[] pods, Leg leg)
    {
        var pod = pods.OrderBy(p => p.Terminating).First();
        var says = scene.Observations.PodTroubles.TryGetValue(pod.Key, out var trouble) ? trouble : pod.Terminating ? "it is being deleted" : $"phase {pod.Phase}";
        return leg with
        {
            Culprit = Place.Pod(pod.Key), Why = $"{Object} has no endpoint that is ready: {(pods.Length == 1 ? $"its one pod, {Place.Pod(pod.Key)}, is not ready" : $"none of its {pods.Length} pods is ready, {Place.Pod(pod.Key)} for one")} ({says})",
            Fix = "let its readiness probe succeed, or mend the probe", Command = $"kubectl describe pod {pod.Name} -n {pod.Namespace}",
        };
    }

    private string Places() => string.Join(", ", scene.Snapshot.SlicesOf(port.Service).Values.SelectMany(s => s.Endpoints).Where(e => e.NodeName.Length > 0 && e.Serving).Select(e => Place.Node(e.NodeName)).Distinct().Order(StringComparer.Ordinal).DefaultIfEmpty("no node"));
}
