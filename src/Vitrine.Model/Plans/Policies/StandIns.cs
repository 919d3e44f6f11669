using System.Net;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Policies;

/// <summary>
/// Parties that are no pods. The cluster's DNS answers on every node, at the address of a Service: for policies it is a pod of that Service's namespace and
/// labels, as people write it. So is the gateway, whose connections to pods come from the nodes' addresses: one process serves all Gateways, so it is each of
/// their Services (see docs/decisions/0030).
/// </summary>
public static class StandIns
{
    public const string DnsNamespace = "kube-system", DnsName = "kube-dns";
    private const string ManagedBy = "app.kubernetes.io/managed-by";

    /// <summary>Whether policies see a Service as a pod.</summary>
    public static bool IsOne(Service service) => IsDns(service) || IsGateway(service);

    internal static IEnumerable<Party> Of(ClusterSnapshot snapshot)
    {
        foreach (var node in snapshot.Nodes.Values)
            yield return new Party($"node/{node.Name}", "") { Labels = node.Labels, Addresses = node.Addresses };
        foreach (var service in snapshot.Services.Values)
            if (IsDns(service))
                yield return Party(service) with
                {
                    // While a node's own DNS is away its pods' questions go to other nodes' (DnsDetour).
                    Addresses = [.. service.ClusterIPs, .. snapshot.Nodes.Values.OrderBy(n => n.Name, StringComparer.Ordinal).SelectMany(n => n.RangeAddresses)],
                    Labels = service.Labels.SetItem("k8s-app", service.Labels.GetValueOrDefault("k8s-app", DnsName)).AddRange(service.Selector.Where(s => !service.Labels.ContainsKey(s.Key) && s.Key != "k8s-app")),
                    Ports = [.. service.Ports.Select(p => new PodPort("", p.Name, p.Port, p.Protocol, 0))],
                };
            else if (IsGateway(service))
                yield return Party(service) with { Addresses = [.. snapshot.Nodes.Values.SelectMany(SpeaksAs).Distinct().OrderBy(a => a.ToString(), StringComparer.Ordinal)] };
    }

    /// <summary>Into tunnels, and by IPv6 to its own pods, a node speaks under the first address of its pod range (docs/decisions/0008).</summary>
    private static IEnumerable<IPAddress> SpeaksAs(Node node) => node.Addresses.Concat(node.RangeAddresses);

    private static Party Party(Service service) => new($"service/{service.Key}", service.Namespace) { Labels = service.Labels };

    /// <summary>The Service of the cluster's DNS.</summary>
    public static bool IsDns(Service service) => service is { Namespace: DnsNamespace, Name: DnsName };

    internal static bool IsDns(Party party) => party.Owner == $"service/{DnsNamespace}/{DnsName}";

    private static bool IsGateway(Service service) => service is { Namespace: IngressService.Namespace, Name: IngressService.Name }
        || (service.Labels.GetValueOrDefault(ManagedBy) == "vitrine" && service.Labels.ContainsKey(GatewayEntryNames.Label));
}
