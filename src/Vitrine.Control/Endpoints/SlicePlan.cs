using k8s.Models;
using Vitrine.Control.Api;

namespace Vitrine.Control.Endpoints;

/// <summary>The EndpointSlices of a Service with a selector, out of its pods. Source: k8s.io/endpointslice, reconciler.go and utils.go.</summary>
internal static class SlicePlan
{
    /// <param name="service">With a selector.</param>
    /// <param name="pods">Those it selects.</param>
    /// <param name="nodes">All, by name.</param>
    /// <param name="existing">Slices of this controller for the Service.</param>
    public static SliceChanges Compile(V1Service service, IReadOnlyCollection<EndpointPod> pods, IReadOnlyDictionary<string, EndpointNode> nodes, IReadOnlyCollection<V1EndpointSlice> existing)
    {
        var families = service.Spec.IpFamilies is { Count: > 0 } given ? given : ["IPv4"];
        var (create, update, delete) = (new List<V1EndpointSlice>(), new List<V1EndpointSlice>(), new List<V1EndpointSlice>());
        foreach (var family in families)
        {
            var changes = SlicePacking.Plan([.. existing.Where(s => s.AddressType == family)], Desired(service, family, pods, nodes), () => New(service, family));
            create.AddRange(changes.Create);
            update.AddRange(changes.Update);
            delete.AddRange(changes.Delete);
        }

        delete.AddRange(existing.Where(s => !families.Contains(s.AddressType)));
        return new SliceChanges(create, update, delete);
    }

    private static List<(IList<Discoveryv1EndpointPort> Ports, List<V1Endpoint> Endpoints)> Desired(V1Service service, string family, IEnumerable<EndpointPod> pods, IReadOnlyDictionary<string, EndpointNode> nodes)
    {
        var sets = new Dictionary<string, (IList<Discoveryv1EndpointPort> Ports, List<V1Endpoint> Endpoints)>();
        foreach (var pod in pods.Where(p => p.IsEndpoint(terminatingToo: true)).OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            // A pod of a node that is gone has no address any more, whatever its last status says.
            var node = nodes.GetValueOrDefault(pod.NodeName);
            if (pod.AddressesOf(family).ToArray() is not { Length: > 0 } addresses || (node is null && pod.NodeName.Length > 0 && service.Spec.PublishNotReadyAddresses != true))
            {
                continue;
            }

            var ports = Ports(service, pod);
            var key = SliceContent.PortKey(ports);
            if (!sets.TryGetValue(key, out var set))
            {
                sets[key] = set = (ports, []);
            }

            set.Endpoints.Add(Endpoint(service, pod, addresses, node));
        }

        TopologyHints.Set(service, [.. sets.Values.SelectMany(s => s.Endpoints)], nodes.Values);
        return sets.Count > 0 ? [.. sets.Values] : [([], [])];
    }

    private static V1Endpoint Endpoint(V1Service service, EndpointPod pod, string[] addresses, EndpointNode? node) => new()
    {
        Addresses = addresses,
        Conditions = new V1EndpointConditions
        {
            // "ready" is never true of a terminating pod, so that readers who know only this condition leave it alone.
            Ready = service.Spec.PublishNotReadyAddresses == true || (pod.Ready && !pod.Terminating),
            Serving = pod.Ready,
            Terminating = pod.Terminating,
        },
        Hostname = HasHostname(service, pod) ? pod.Hostname : null,
        NodeName = pod.NodeName.Length > 0 ? pod.NodeName : null,
        Zone = node is { Zone.Length: > 0 } ? node.Zone : null,
        TargetRef = new V1ObjectReference { Kind = "Pod", NamespaceProperty = pod.Namespace, Name = pod.Name, Uid = pod.Uid },
    };

    /// <summary>The pod has a name of its own under the Service.</summary>
    public static bool HasHostname(V1Service service, EndpointPod pod) => pod.Hostname.Length > 0 && pod.Subdomain == service.Metadata.Name;

    /// <summary>A named port that the pod has not is left out.</summary>
    public static List<Discoveryv1EndpointPort> Ports(V1Service service, EndpointPod pod) =>
        [.. (service.Spec.Ports ?? []).Select(p => (Port: p, Number: TargetOf(p, pod))).Where(p => p.Number > 0)
            .Select(p => new Discoveryv1EndpointPort { Name = p.Port.Name ?? "", Port = p.Number, Protocol = p.Port.Protocol ?? "TCP", AppProtocol = p.Port.AppProtocol })];

    public static int TargetOf(V1ServicePort port, EndpointPod pod)
    {
        var target = port.TargetPort?.Value;
        return string.IsNullOrEmpty(target) ? port.Port
            : int.TryParse(target, out var number) ? number == 0 ? port.Port : number
            : pod.NamedPorts.FirstOrDefault(p => p.Name == target && p.Protocol == (port.Protocol ?? "TCP")).Port;
    }

    private static V1EndpointSlice New(V1Service service, string family) => new()
    {
        ApiVersion = "discovery.k8s.io/v1",
        Kind = "EndpointSlice",
        Metadata = new V1ObjectMeta
        {
            GenerateName = service.Metadata.Name + "-",
            NamespaceProperty = service.Metadata.NamespaceProperty,
            Labels = Labels(service),
            OwnerReferences = [Owners.Reference(Resource.Services, service.Metadata)],
        },
        AddressType = family,
    };

    private static Dictionary<string, string> Labels(V1Service service)
    {
        var labels = (service.Metadata.Labels ?? new Dictionary<string, string>()).Where(l => !EndpointLabels.Reserved.Contains(l.Key)).ToDictionary();
        if (service.Spec.ClusterIP is "None" or "" or null)
        {
            labels[EndpointLabels.Headless] = "";
        }

        labels[EndpointLabels.ServiceName] = service.Metadata.Name;
        labels[EndpointLabels.ManagedBy] = EndpointLabels.SliceController;
        return labels;
    }
}
