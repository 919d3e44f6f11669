using System.Collections.Immutable;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Policies;

/// <summary>A policy of either kind, made ready once for all pods it selects.</summary>
/// <param name="Owner">NetworkPolicy/namespace/name or ClusterNetworkPolicy//name</param>
internal sealed class PolicyPart
{
    private readonly string? ns;
    private readonly LabelSelector? namespaces;
    private readonly LabelSelector pods;

    public PolicyPart(NetworkPolicy policy)
    {
        (Source, ns, pods) = (policy, policy.Namespace, policy.Pods);
        Owner = new RuleSource("NetworkPolicy", policy.Namespace, policy.Name).Owner;
        Ingress = Rules(policy.Ingress, "ingress", "NetworkPolicy", policy.Namespace, policy.Name);
        Egress = Rules(policy.Egress, "egress", "NetworkPolicy", policy.Namespace, policy.Name);
    }

    public PolicyPart(ClusterNetworkPolicy policy)
    {
        (Source, namespaces, pods) = (policy, policy.Namespaces, policy.Pods);
        Owner = new RuleSource("ClusterNetworkPolicy", "", policy.Name).Owner;
        (Tier, Priority) = (policy.Baseline ? PolicyTier.Baseline : PolicyTier.Admin, policy.Priority);
        // Without rules of a direction it has no say in it.
        Ingress = policy.Ingress.IsEmpty ? null : Rules(policy.Ingress, "ingress", "ClusterNetworkPolicy", "", policy.Name);
        Egress = policy.Egress.IsEmpty ? null : Rules(policy.Egress, "egress", "ClusterNetworkPolicy", "", policy.Name);
    }

    /// <summary>The snapshot's record: while it is the same instance, so is this.</summary>
    public object Source { get; }

    public string Owner { get; }

    public PolicyTier Tier { get; } = PolicyTier.Namespace;

    public int Priority { get; }

    /// <summary>Null: it has no say in this direction.</summary>
    public ImmutableArray<RulePart>? Ingress { get; }

    public ImmutableArray<RulePart>? Egress { get; }

    public ImmutableArray<RulePart>? Of(PolicyDirection direction) => direction == PolicyDirection.Ingress ? Ingress : Egress;

    public bool Selects(Party pod, ImmutableDictionary<string, Namespace> all) =>
        (ns is null || ns == pod.Namespace) && (namespaces is null or { IsEmpty: true } || namespaces.Matches(PeerTerm.LabelsOf(pod.Namespace, all))) && pods.Matches(pod.Labels);

    private static ImmutableArray<RulePart>? Rules(ImmutableArray<PolicyRule>? rules, string field, string kind, string ns, string name) => rules is null ? null :
    [
        .. rules.Value.Select((rule, i) => new RulePart(
            new RuleSource(kind, ns, name, $"spec.{field}[{i}]"), rule.Action,
            rule.Everybody ? [PeerTerm.Everybody] : [.. rule.Peers.Select(p => PeerTerm.Of(p, ns)).DistinctBy(t => t.Key)],
            rule.EveryPort, rule.Ports)),
    ];
}
