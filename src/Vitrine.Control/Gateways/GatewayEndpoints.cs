using System.Net.Sockets;
using k8s.Models;
using Vitrine.Control.Endpoints;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control.Gateways;

/// <summary>
/// Where a door leads to, for an API without EndpointSlices (before 1.21 there is no discovery.k8s.io/v1): Endpoints, of the Service's first family as all
/// Endpoints are. The control plane mirrors them into such slices as it has.
/// </summary>
internal static class GatewayEndpoints
{
    public static V1Endpoints Of(GatewayEntry entry, V1Service service, IEnumerable<Node> nodes)
    {
        var family = service.Spec.IpFamilies is ["IPv6", ..] ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        var all = nodes.OrderBy(n => n.Name, StringComparer.Ordinal)
            .Select(n => (Node: n, Address: n.Addresses.FirstOrDefault(a => a.AddressFamily == family))).Where(n => n.Address is not null)
            .ToLookup(n => n.Node.Ready, n => new V1EndpointAddress { Ip = $"{n.Address}", NodeName = n.Node.Name });
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
            Subsets = all.Count == 0 ? null :
            [
                new V1EndpointSubset
                {
                    Addresses = all.Contains(true) ? [.. all[true]] : null,
                    NotReadyAddresses = all.Contains(false) ? [.. all[false]] : null,
                    Ports = [.. entry.Ports.Select(p => new Corev1EndpointPort { Name = p.Name, Port = p.Target, Protocol = "TCP" })],
                },
            ],
        };
    }

    /// <summary>Whether both lead to the same places; the API may have put them in another order.</summary>
    public static bool Same(V1Endpoints there, V1Endpoints wanted) => Places(there).SetEquals(Places(wanted)) && SliceContent.Same(there.Metadata.Labels, wanted.Metadata.Labels);

    private static HashSet<string> Places(V1Endpoints endpoints) =>
    [
        .. from subset in endpoints.Subsets ?? []
           from port in subset.Ports ?? []
           from place in (subset.Addresses ?? []).Select(a => $"{a.Ip} {a.NodeName} ready").Concat((subset.NotReadyAddresses ?? []).Select(a => $"{a.Ip} {a.NodeName}"))
           select $"{place} {port.Name} {port.Port}",
    ];
}
