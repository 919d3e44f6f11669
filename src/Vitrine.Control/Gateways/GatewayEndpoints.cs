using System.Net.Sockets;
using k8s.Models;
using Vitrine.Control.Endpoints;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control.Gateways;

/// <summary>
/// Where a door leads to, for an API without EndpointSlices (before 1.21 there is no discovery.k8s.io/v1): Endpoints, of the Service's first family as all
/// Endpoints are. The control plane mirrors them into such slices as it has; a place that is there and turns unready Kubernetes 1.20 does not mirror, so that only ready ones are written.
/// </summary>
internal static class GatewayEndpoints
{
    public static V1Endpoints Of(GatewayEntry entry, V1Service service, IEnumerable<Node> nodes)
    {
        var family = service.Spec.IpFamilies is ["IPv6", ..] ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        V1EndpointAddress[] ready =
        [
            .. nodes.Where(n => n.Ready).OrderBy(n => n.Name, StringComparer.Ordinal).Select(n => (n.Name, Address: n.Addresses.FirstOrDefault(a => a.AddressFamily == family)))
                .Where(n => n.Address is not null).Select(n => new V1EndpointAddress { Ip = $"{n.Address}", NodeName = n.Name }),
        ];
        return new V1Endpoints
        {
            ApiVersion = "v1",
            Kind = "Endpoints",
            Metadata = new V1ObjectMeta
            {
                Name = entry.Name,
                NamespaceProperty = entry.Namespace,
                Labels = new Dictionary<string, string> { [EndpointLabels.ManagedBy] = GatewayEntry.SliceManager },
                OwnerReferences = [new V1OwnerReference { ApiVersion = "v1", Kind = "Service", Name = entry.Name, Uid = service.Metadata.Uid, Controller = true, BlockOwnerDeletion = true }],
            },
            Subsets = ready.Length == 0 ? null : [new V1EndpointSubset { Addresses = ready, Ports = [.. entry.Ports.Select(p => new Corev1EndpointPort { Name = p.Name, Port = p.Target, Protocol = "TCP" })] }],
        };
    }

    /// <summary>Whether both lead to the same places; the API may have put them in another order.</summary>
    public static bool Same(V1Endpoints there, V1Endpoints wanted) => Places(there).SetEquals(Places(wanted)) && SliceContent.Same(there.Metadata.Labels, wanted.Metadata.Labels);

    private static HashSet<string> Places(V1Endpoints endpoints) =>
    [
        .. from subset in endpoints.Subsets ?? []
           from port in subset.Ports ?? []
           from place in (subset.Addresses ?? []).Select(a => $"{a.Ip} {a.NodeName}").Concat((subset.NotReadyAddresses ?? []).Select(a => $"{a.Ip} not ready"))
           select $"{place} {port.Name} {port.Port}",
    ];
}
