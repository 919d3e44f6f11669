using System.Net;

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
}
