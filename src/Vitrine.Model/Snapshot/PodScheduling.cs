using System.Collections.Immutable;

namespace Vitrine.Model.Snapshot;

/// <summary>What a pod says about where it wants to be, beyond node selector and tolerations. Most pods say nothing.</summary>
public sealed record PodScheduling
{
    public static readonly PodScheduling None = new();

    /// <summary>requiredDuringScheduling… node affinity: one term must match; null for no requirement.</summary>
    public ImmutableArray<NodeTerm>? RequiredNodes { get; init; }

    public ImmutableArray<Weighted<NodeTerm>> PreferredNodes { get; init; } = [];

    public ImmutableArray<PodTerm> Affinity { get; init; } = [];

    public ImmutableArray<Weighted<PodTerm>> PreferredAffinity { get; init; } = [];

    public ImmutableArray<PodTerm> AntiAffinity { get; init; } = [];

    public ImmutableArray<Weighted<PodTerm>> PreferredAntiAffinity { get; init; } = [];

    public ImmutableArray<SpreadConstraint> Spread { get; init; } = [];

    /// <summary>Names of scheduling gates: while there is one, the pod is not scheduled.</summary>
    public ImmutableArray<string> Gates { get; init; } = [];

    public ImmutableArray<HostPort> HostPorts { get; init; } = [];

    /// <summary>preemptionPolicy: Never.</summary>
    public bool NeverPreempts { get; init; }

    /// <summary>status.nominatedNodeName: where lower pods were asked to make room, or null.</summary>
    public string? NominatedNode { get; init; }
}

/// <summary>Something preferred, 1 to 100.</summary>
public sealed record Weighted<T>(int Weight, T Term);

/// <summary>Requirements on a node's labels and on its fields (metadata.name only); all must hold, and an empty term matches nothing.</summary>
public sealed record NodeTerm(LabelSelector Labels, LabelSelector Fields)
{
    public bool Matches(Node node) =>
        !(Labels.IsEmpty && Fields.IsEmpty)
        && Labels.Matches(node.Labels)
        && (Fields.IsEmpty || Fields.Matches(ImmutableDictionary<string, string>.Empty.Add("metadata.name", node.Name)));
}

/// <summary>Pods near which, in one topology domain, to be or not to be.</summary>
/// <param name="Selector">Which pods; null for none.</param>
/// <param name="Namespaces">Of these namespaces …</param>
/// <param name="NamespaceSelector">… and of those with such labels; null for none.</param>
/// <param name="TopologyKey">Node label whose value names the domain.</param>
public sealed record PodTerm(LabelSelector? Selector, ImmutableArray<string> Namespaces, LabelSelector? NamespaceSelector, string TopologyKey)
{
    public bool Matches(Pod pod, Func<string, IDictionary<string, string>> namespaceLabels) =>
        Selector is not null
        && (Namespaces.Contains(pod.Namespace) || NamespaceSelector?.Matches(namespaceLabels(pod.Namespace)) == true)
        && Selector.Matches(pod.Labels);
}

/// <summary>A topologySpreadConstraint.</summary>
/// <param name="MaxSkew">How many more pods a domain may have than the emptiest.</param>
/// <param name="TopologyKey">Node label whose value names the domain.</param>
/// <param name="Hard">whenUnsatisfiable: DoNotSchedule.</param>
/// <param name="Selector">Which pods count.</param>
/// <param name="MinDomains">With fewer domains the emptiest counts as empty.</param>
/// <param name="HonorAffinity">Only nodes that the pod's node affinity and selector admit are domains.</param>
/// <param name="HonorTaints">Only nodes whose taints the pod tolerates are.</param>
public sealed record SpreadConstraint(int MaxSkew, string TopologyKey, bool Hard, LabelSelector Selector, int MinDomains, bool HonorAffinity, bool HonorTaints);

/// <summary>A port taken on the node itself; an empty address or 0.0.0.0 is all addresses.</summary>
public readonly record struct HostPort(string Address, string Protocol, int Port)
{
    public bool Clashes(HostPort other) => Port == other.Port && Protocol == other.Protocol && (Any || other.Any || Address == other.Address);

    private bool Any => Address is "" or "0.0.0.0";
}
