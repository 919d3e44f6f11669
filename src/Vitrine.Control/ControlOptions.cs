using System.Collections.Immutable;
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
}
