using System.Collections.Immutable;
using Vitrine.Model.Watching;

namespace Vitrine.Mapping;

/// <summary>A kind of objects that the map knows.</summary>
/// <param name="Kind">as in manifests</param>
/// <param name="ApiVersion">likewise</param>
/// <param name="Plural">as in URLs</param>
/// <param name="Namespaced">its objects are in namespaces</param>
internal sealed record DrawnKind(string Kind, string ApiVersion, string Plural, bool Namespaced = true)
{
    private static readonly string[] OfTheCluster = ["GatewayClass"];

    /// <summary>Nodes and namespaces first: all others are drawn in them. No Secrets: what they hold is nobody's to see.</summary>
    public static ImmutableArray<DrawnKind> All { get; } =
    [
        new("Namespace", "v1", "namespaces", false),
        new("Node", "v1", "nodes", false),
        new("Pod", "v1", "pods"),
        new("Service", "v1", "services"),
        new("EndpointSlice", "discovery.k8s.io/v1", "endpointslices"),
        new("Deployment", "apps/v1", "deployments"),
        new("Ingress", "networking.k8s.io/v1", "ingresses"),
        new("IngressClass", "networking.k8s.io/v1", "ingressclasses", false),
        new("NetworkPolicy", "networking.k8s.io/v1", "networkpolicies"),
        new("ClusterNetworkPolicy", "policy.networking.k8s.io/v1alpha2", "clusternetworkpolicies", false),
        .. GatewayResources.All.Select(r => new DrawnKind(r.Kind, $"gateway.networking.k8s.io/{r.Version}", r.Plural, Array.IndexOf(OfTheCluster, r.Kind) < 0)),
    ];

    /// <summary>Of the collection of all namespaces.</summary>
    public string Path => $"{Group}/{Plural}";

    private string Group => $"{(ApiVersion.Contains('/', StringComparison.Ordinal) ? "apis" : "api")}/{ApiVersion}";

    /// <summary>Of one object.</summary>
    public string PathOf(string ns, string name) => $"{Group}/{(Namespaced ? $"namespaces/{Uri.EscapeDataString(ns)}/" : "")}{Plural}/{Uri.EscapeDataString(name)}";
}
