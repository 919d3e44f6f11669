using System.Net;
using Vitrine.Model.Plans;

namespace Vitrine.Control;

/// <summary>What the network of a cluster whose control plane is somebody else's needs done once, not on every node.</summary>
public sealed record NetworkControlOptions
{
    /// <summary>Doors and status of Ingresses and Gateways.</summary>
    public bool Gateways { get; init; } = true;

    /// <summary>Addresses for LoadBalancer Services; none: somebody else gives them theirs.</summary>
    public IReadOnlyList<AddressPool> LoadBalancerPools { get; init; } = [];

    /// <summary>Addresses of the cluster's DNS: the Service kube-dns is made with them where there is none. Empty: nobody does.</summary>
    public IReadOnlyList<IPAddress> DnsAddresses { get; init; } = [];

    /// <summary>Namespace and label selector of the proxies' pods; null where every node has a proxy.</summary>
    public (string Namespace, string Selector)? Proxies { get; init; }

    /// <summary>Namespace of the Lease.</summary>
    public string LeaseNamespace { get; init; } = "kube-system";

    /// <summary>Unique among those who may lead.</summary>
    public required string Identity { get; init; }
}
