using System.Collections.Immutable;

namespace Vitrine.Model.Snapshot;

/// <summary>A networking.k8s.io/v1 NetworkPolicy: what is allowed to the pods it selects, and from them.</summary>
public sealed record NetworkPolicy
{
    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public required string Uid { get; init; }

    /// <summary>Of its own namespace.</summary>
    public required LabelSelector Pods { get; init; }

    /// <summary>Null where it says nothing of what comes in; without a rule nothing may.</summary>
    public ImmutableArray<PolicyRule>? Ingress { get; init; }

    /// <summary>The same of what goes out.</summary>
    public ImmutableArray<PolicyRule>? Egress { get; init; }

    public string Key => $"{Namespace}/{Name}";
}
