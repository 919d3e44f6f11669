using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Vitrine.Control;

/// <summary>What the controllers need to start.</summary>
public sealed record ControlOptions
{
    /// <summary>Kubeconfig of the controllers' identity (system:kube-controller-manager).</summary>
    public required string Kubeconfig { get; init; }

    /// <summary>The cluster's IPv4 pod range.</summary>
    public required IPNetwork PodCidr { get; init; }

    /// <summary>Prefix length of one node's share of it.</summary>
    public required int NodePrefixLength { get; init; }

    /// <summary>PEM of the cluster's CA, published to every namespace as kube-root-ca.crt.</summary>
    public required string RootCaPem { get; init; }

    /// <summary>How long a node may be silent before it counts as unreachable, and a deleted one before its pods go.</summary>
    public TimeSpan NodeMonitorGracePeriod { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>How many finished pods stay to be looked at.</summary>
    public int TerminatedPodThreshold { get; init; } = 12500;

    /// <summary>The cluster's CA with its private key, to sign kubelets' certificates; without it CertificateSigningRequests wait.</summary>
    public X509Certificate2? Authority { get; init; }
}
