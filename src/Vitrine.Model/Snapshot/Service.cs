using System.Collections.Immutable;
using System.Net;

namespace Vitrine.Model.Snapshot;

/// <summary>A v1 Service.</summary>
public sealed record Service
{
    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public required string Uid { get; init; }

    public ServiceType Type { get; init; }

    /// <summary>spec.clusterIP is "None": there are endpoints, and no address in front of them.</summary>
    public bool Headless { get; init; }

    /// <summary>spec.clusterIPs, at most one per address family, the primary first; empty for headless and ExternalName.</summary>
    public ImmutableArray<IPAddress> ClusterIPs { get; init; } = [];

    /// <summary>spec.externalName, or empty.</summary>
    public string ExternalName { get; init; } = "";

    public ImmutableArray<ServicePort> Ports { get; init; } = [];

    /// <summary>Empty where there is none: somebody else writes its endpoints.</summary>
    public ImmutableDictionary<string, string> Selector { get; init; } = ImmutableDictionary<string, string>.Empty;

    public ImmutableArray<IPAddress> ExternalIPs { get; init; } = [];

    /// <summary>status.loadBalancer.ingress[].ip whose ipMode is VIP, the default.</summary>
    public ImmutableArray<IPAddress> LoadBalancerAddresses { get; init; } = [];

    /// <summary>Empty where every source may come.</summary>
    public ImmutableArray<IPNetwork> LoadBalancerSourceRanges { get; init; } = [];

    /// <summary>spec.internalTrafficPolicy is Local.</summary>
    public bool InternalLocal { get; init; }

    /// <summary>spec.externalTrafficPolicy is Local.</summary>
    public bool ExternalLocal { get; init; }

    /// <summary>0 for none.</summary>
    public int HealthCheckNodePort { get; init; }

    /// <summary>Seconds a client stays with its endpoint (sessionAffinity ClientIP); 0 for no affinity.</summary>
    public int AffinitySeconds { get; init; }

    public bool PublishNotReadyAddresses { get; init; }

    /// <summary>spec.trafficDistribution, or empty: PreferClose, PreferSameZone, PreferSameNode.</summary>
    public string TrafficDistribution { get; init; } = "";

    /// <summary>spec.loadBalancerClass, or empty.</summary>
    public string LoadBalancerClass { get; init; } = "";

    /// <summary>Label service.kubernetes.io/service-proxy-name: another proxy serves it. Empty for ours.</summary>
    public string ProxyName { get; init; } = "";

    /// <summary>Of those Services that count as pods for policies, all; of the others none is kept by a node's watch.</summary>
    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Annotations vitrine.dev/…, by what stands after the slash.</summary>
    public ImmutableDictionary<string, string> Settings { get; init; } = ImmutableDictionary<string, string>.Empty;

    public string Key => $"{Namespace}/{Name}";
}
