using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Vitrine.Model.Plans;

namespace Vitrine.Control;

/// <summary>What the controllers need to start.</summary>
public sealed record ControlOptions
{
    /// <summary>Kubeconfig of the controllers' identity (system:kube-controller-manager).</summary>
    public required string Kubeconfig { get; init; }

    /// <summary>The cluster's pod ranges, one per family, the primary first.</summary>
    public required ImmutableArray<ClusterCidr> ClusterCidrs { get; init; }

    /// <summary>PEM of the cluster's CA, published to every namespace as kube-root-ca.crt.</summary>
    public required string RootCaPem { get; init; }

    /// <summary>Where the API server listens for nodes and pods; empty: nobody keeps the Service "kubernetes".</summary>
    public IReadOnlyList<IPEndPoint> ApiEndpoints { get; init; } = [];

    /// <summary>Addresses of the Service "kubernetes", one per family; the first is used.</summary>
    public IReadOnlyList<IPAddress> ApiServiceAddresses { get; init; } = [];

    /// <summary>Addresses of the cluster's DNS, one per family; none: nobody keeps the Service "kube-dns".</summary>
    public IReadOnlyList<IPAddress> DnsAddresses { get; init; } = [];

    /// <summary>Addresses for LoadBalancer Services; none: they stay pending.</summary>
    public IReadOnlyList<AddressPool> LoadBalancerPools { get; init; } = [];

    /// <summary>How long a node may be silent before it counts as unreachable, and a deleted one before its pods go.</summary>
    public TimeSpan NodeMonitorGracePeriod { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>How many finished pods stay to be looked at.</summary>
    public int TerminatedPodThreshold { get; init; } = 12500;

    /// <summary>The cluster's CA with its private key, to sign kubelets' certificates; without it CertificateSigningRequests wait.</summary>
    public X509Certificate2? Authority { get; init; }
}
