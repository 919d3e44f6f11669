using System.Collections.Immutable;

namespace Vitrine.Model.Snapshot;

/// <summary>The cluster as one immutable value: only the fields the plans need.</summary>
public sealed record ClusterSnapshot
{
    public static readonly ClusterSnapshot Empty = new();

    /// <summary>By name.</summary>
    public ImmutableDictionary<string, Node> Nodes { get; init; } = ImmutableDictionary<string, Node>.Empty;

    /// <summary>By namespace/name.</summary>
    public ImmutableDictionary<string, Pod> Pods { get; init; } = ImmutableDictionary<string, Pod>.Empty;

    /// <summary>By name.</summary>
    public ImmutableDictionary<string, Namespace> Namespaces { get; init; } = ImmutableDictionary<string, Namespace>.Empty;

    /// <summary>namespace/name of every ServiceAccount.</summary>
    public ImmutableHashSet<string> ServiceAccounts { get; init; } = [];

    /// <summary>Namespace → the root CA its kube-root-ca.crt ConfigMap holds.</summary>
    public ImmutableDictionary<string, string> RootCas { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>By namespace/name.</summary>
    public ImmutableDictionary<string, Service> Services { get; init; } = ImmutableDictionary<string, Service>.Empty;

    /// <summary>By namespace/name of the Service, then by name of the slice.</summary>
    public ImmutableDictionary<string, ImmutableDictionary<string, EndpointSlice>> EndpointSlices { get; init; } =
        ImmutableDictionary<string, ImmutableDictionary<string, EndpointSlice>>.Empty;

    /// <summary>By namespace/name.</summary>
    public ImmutableDictionary<string, Ingress> Ingresses { get; init; } = ImmutableDictionary<string, Ingress>.Empty;

    /// <summary>By name.</summary>
    public ImmutableDictionary<string, IngressClass> IngressClasses { get; init; } = ImmutableDictionary<string, IngressClass>.Empty;

    /// <summary>By name.</summary>
    public ImmutableDictionary<string, GatewayObject> GatewayClasses { get; init; } = ImmutableDictionary<string, GatewayObject>.Empty;

    /// <summary>By namespace/name.</summary>
    public ImmutableDictionary<string, GatewayObject> Gateways { get; init; } = ImmutableDictionary<string, GatewayObject>.Empty;

    /// <summary>By namespace/name.</summary>
    public ImmutableDictionary<string, GatewayObject> HttpRoutes { get; init; } = ImmutableDictionary<string, GatewayObject>.Empty;

    /// <summary>By namespace/name.</summary>
    public ImmutableDictionary<string, GatewayObject> GrpcRoutes { get; init; } = ImmutableDictionary<string, GatewayObject>.Empty;

    /// <summary>By namespace/name.</summary>
    public ImmutableDictionary<string, GatewayObject> TlsRoutes { get; init; } = ImmutableDictionary<string, GatewayObject>.Empty;

    /// <summary>By namespace/name.</summary>
    public ImmutableDictionary<string, GatewayObject> BackendTlsPolicies { get; init; } = ImmutableDictionary<string, GatewayObject>.Empty;

    /// <summary>By namespace/name.</summary>
    public ImmutableDictionary<string, GatewayObject> ReferenceGrants { get; init; } = ImmutableDictionary<string, GatewayObject>.Empty;

    /// <summary>By namespace/name.</summary>
    public ImmutableDictionary<string, NetworkPolicy> NetworkPolicies { get; init; } = ImmutableDictionary<string, NetworkPolicy>.Empty;

    /// <summary>By name.</summary>
    public ImmutableDictionary<string, ClusterNetworkPolicy> ClusterNetworkPolicies { get; init; } = ImmutableDictionary<string, ClusterNetworkPolicy>.Empty;

    /// <summary>By namespace/name; only those that something here refers to.</summary>
    public ImmutableDictionary<string, Secret> Secrets { get; init; } = ImmutableDictionary<string, Secret>.Empty;

    /// <summary>By namespace/name; only those that something here refers to.</summary>
    public ImmutableDictionary<string, ConfigMap> ConfigMaps { get; init; } = ImmutableDictionary<string, ConfigMap>.Empty;

    /// <summary>The same cluster with a slice in place of an older one of its name. A slice of no Service changes nothing.</summary>
    public ClusterSnapshot With(EndpointSlice slice) => slice.ServiceName.Length == 0 ? this : this with
    {
        EndpointSlices = EndpointSlices.SetItem(slice.ServiceKey, SlicesOf(slice.ServiceKey).SetItem(slice.Name, slice)),
    };

    /// <summary>The same cluster without a slice.</summary>
    public ClusterSnapshot Without(EndpointSlice slice) => SlicesOf(slice.ServiceKey).Remove(slice.Name) is var rest && rest.IsEmpty
        ? this with { EndpointSlices = EndpointSlices.Remove(slice.ServiceKey) }
        : this with { EndpointSlices = EndpointSlices.SetItem(slice.ServiceKey, rest) };

    /// <summary>Of a Service by its namespace/name; empty where there are none.</summary>
    public ImmutableDictionary<string, EndpointSlice> SlicesOf(string service) =>
        EndpointSlices.GetValueOrDefault(service) ?? ImmutableDictionary<string, EndpointSlice>.Empty;
}
