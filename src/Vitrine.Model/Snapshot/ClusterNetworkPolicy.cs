using System.Collections.Immutable;

namespace Vitrine.Model.Snapshot;

/// <summary>A policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy.</summary>
public sealed record ClusterNetworkPolicy
{
    public required string Name { get; init; }

    public required string Uid { get; init; }

    /// <summary>spec.tier is Baseline: only for pods that no NetworkPolicy isolates. Else Admin: before all NetworkPolicies.</summary>
    public required bool Baseline { get; init; }

    /// <summary>0 to 1000, the lowest first.</summary>
    public required int Priority { get; init; }

    /// <summary>spec.subject: pods of these namespaces …</summary>
    public required LabelSelector Namespaces { get; init; }

    /// <summary>… with these labels.</summary>
    public required LabelSelector Pods { get; init; }

    /// <summary>In order; empty: it has no say in what comes in.</summary>
    public ImmutableArray<PolicyRule> Ingress { get; init; } = [];

    /// <summary>The same of what goes out.</summary>
    public ImmutableArray<PolicyRule> Egress { get; init; } = [];
}
