using k8s.Models;

namespace Vitrine.Control.Endpoints;

/// <summary>
/// The v1 Endpoints of a Service, the older list of the same: one address per pod, of the Service's first family, and at most a
/// thousand. Source: pkg/controller/endpoint.
/// </summary>
internal static class SubsetPlan
{
    public const int Most = 1000;

    /// <summary>What should be there.</summary>
    public static V1Endpoints Compile(V1Service service, IReadOnlyCollection<EndpointPod> pods)
    {
        var unreadyToo = service.Spec.PublishNotReadyAddresses == true;
        var family = service.Spec.IpFamilies is { Count: > 0 } families ? families[0] : "IPv4";
        var headlessWithoutPorts = service.Spec.ClusterIP == "None" && service.Spec.Ports is null or { Count: 0 };
        var sets = new SortedDictionary<string, V1EndpointSubset>(StringComparer.Ordinal);
        foreach (var pod in pods.Where(p => p.IsEndpoint(unreadyToo)))
        {
            var ports = SlicePlan.Ports(service, pod);
            if (pod.AddressesOf(family).FirstOrDefault() is not { } ip || (ports.Count == 0 && !headlessWithoutPorts))
            {
                continue;
            }

            var key = SliceContent.PortKey(ports);
            if (!sets.TryGetValue(key, out var set))
            {
                sets[key] = set = new V1EndpointSubset { Addresses = [], NotReadyAddresses = [], Ports = Ports(ports) };
            }

            (unreadyToo || pod.Ready ? set.Addresses : set.NotReadyAddresses).Add(new V1EndpointAddress
            {
                Ip = ip,
                NodeName = pod.NodeName.Length > 0 ? pod.NodeName : null,
                Hostname = SlicePlan.HasHostname(service, pod) ? pod.Hostname : null,
                TargetRef = new V1ObjectReference { Kind = "Pod", NamespaceProperty = pod.Namespace, Name = pod.Name, Uid = pod.Uid },
            });
        }

        var truncated = Truncate([.. sets.Values]);
        return new V1Endpoints
        {
            ApiVersion = "v1",
            Kind = "Endpoints",
            Metadata = new V1ObjectMeta
            {
                Name = service.Metadata.Name,
                NamespaceProperty = service.Metadata.NamespaceProperty,
                Labels = Labels(service),
                Annotations = truncated ? new Dictionary<string, string> { [EndpointLabels.OverCapacity] = "truncated" } : null,
            },
            Subsets = sets.Count == 0 ? null : [.. sets.Values.Select(Tidy)],
        };
    }

    /// <summary>Both list the same.</summary>
    public static bool Same(V1Endpoints a, V1Endpoints b) =>
        SliceContent.Same(a.Metadata.Labels, b.Metadata.Labels) && Capacity(a) == Capacity(b)
        && (a.Subsets ?? []).Select(Text).SequenceEqual((b.Subsets ?? []).Select(Text));

    // Those that are ready go before those that are not; each subset gives up its share.
    private static bool Truncate(V1EndpointSubset[] sets)
    {
        var (ready, others) = (sets.Sum(s => s.Addresses.Count), sets.Sum(s => s.NotReadyAddresses.Count));
        if (ready + others <= Most)
        {
            return false;
        }

        Cut(sets, s => s.Addresses, (s, a) => s.Addresses = a, Math.Min(ready, Most), ready);
        Cut(sets, s => s.NotReadyAddresses, (s, a) => s.NotReadyAddresses = a, Math.Max(0, Most - ready), others);
        return true;
    }

    private static void Cut(V1EndpointSubset[] sets, Func<V1EndpointSubset, IList<V1EndpointAddress>> get, Action<V1EndpointSubset, IList<V1EndpointAddress>> set, int left, int all)
    {
        foreach (var subset in sets)
        {
            var share = all == 0 ? 0 : (int)Math.Ceiling((double)get(subset).Count * left / all);
            all -= get(subset).Count;
            set(subset, [.. get(subset).OrderBy(a => a.Ip, StringComparer.Ordinal).Take(Math.Min(share, left))]);
            left -= get(subset).Count;
        }
    }

    private static V1EndpointSubset Tidy(V1EndpointSubset set) => new()
    {
        Addresses = set.Addresses.Count == 0 ? null : [.. set.Addresses.OrderBy(a => a.Ip, StringComparer.Ordinal)],
        NotReadyAddresses = set.NotReadyAddresses.Count == 0 ? null : [.. set.NotReadyAddresses.OrderBy(a => a.Ip, StringComparer.Ordinal)],
        Ports = set.Ports,
    };

    private static List<Corev1EndpointPort>? Ports(List<Discoveryv1EndpointPort> ports) => ports.Count == 0
        ? null
        : [.. ports.OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => new Corev1EndpointPort { Name = p.Name!.Length > 0 ? p.Name : null, Port = p.Port!.Value, Protocol = p.Protocol, AppProtocol = p.AppProtocol })];

    private static Dictionary<string, string> Labels(V1Service service)
    {
        var labels = (service.Metadata.Labels ?? new Dictionary<string, string>()).Where(l => !EndpointLabels.Reserved.Contains(l.Key)).ToDictionary();
        if (service.Spec.ClusterIP is "None" or "" or null)
        {
            labels[EndpointLabels.Headless] = "";
        }

        labels[EndpointLabels.EndpointsManagedBy] = EndpointLabels.EndpointsController;
        return labels;
    }

    private static string? Capacity(V1Endpoints endpoints) => endpoints.Metadata.Annotations?.TryGetValue(EndpointLabels.OverCapacity, out var value) == true ? value : null;

    private static string Text(V1EndpointSubset set) =>
        $"{Addresses(set.Addresses)}|{Addresses(set.NotReadyAddresses)}|{string.Join(',', (set.Ports ?? []).Select(p => $"{p.Name}:{p.Port}/{p.Protocol}/{p.AppProtocol}"))}";

    private static string Addresses(IEnumerable<V1EndpointAddress>? addresses) => string.Join(',', (addresses ?? []).Select(a => $"{a.Ip}@{a.NodeName}/{a.Hostname}/{a.TargetRef?.Uid}"));
}
