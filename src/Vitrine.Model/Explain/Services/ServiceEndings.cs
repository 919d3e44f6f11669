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
    internal Leg NoEndpoint() => EndpointFault.Of(scene, Service, port.Port);

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

    /// <summary>The endpoint is there, and nobody listens where the Service sends; or, of a namespace that was not read, no container says that it does.</summary>
    internal Leg WrongTarget(Leg told, Backend backend, Station station)
    {
        var declared = scene.Snapshot.Pods.GetValueOrDefault(backend.Pod)?.Ports.Where(p => p.Protocol == port.Port.Protocol).Select(p => p.Port).Distinct().Order().ToArray() ?? [];
        var open = station.Listeners is not { } listeners ? declared
            : listeners.Where(l => $"{l.Transport}".Equals(port.Port.Protocol, StringComparison.OrdinalIgnoreCase) && l.Takes(backend.Address)).Select(l => l.Port).Distinct().Order().ToArray();
        var index = Service.Ports.IndexOf(port.Port);
        if (open.Length == 0 || !int.TryParse(port.Port.TargetPort, out _))
            return told;
        var best = open.FirstOrDefault(declared.Contains, open[0]);
        var says = station.Listeners is null ? $"no container of {station.Name} declares it; they declare port" : $"nobody listens there in {station.Name}; something listens on port";
        return told with
        {
            Culprit = Object, Why = $"spec.ports[{index}].targetPort of {Object} is {port.Port.TargetPort}, and {says} {string.Join(", ", open)}",
            Fix = $"set spec.ports[{index}].targetPort of {Object} to {best}",
            Command = $"kubectl patch service {Service.Name} -n {Service.Namespace} --type=json -p '[{{\"op\":\"replace\",\"path\":\"/spec/ports/{index}/targetPort\",\"value\":{best}}}]'",
        };
    }

    private string Places() => string.Join(", ", scene.Snapshot.SlicesOf(port.Service).Values.SelectMany(s => s.Endpoints).Where(e => e.NodeName.Length > 0 && e.Serving).Select(e => Place.Node(e.NodeName)).Distinct().Order(StringComparer.Ordinal).DefaultIfEmpty("no node"));
}
