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
}
