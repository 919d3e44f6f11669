using System.Collections.Immutable;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Policies;

/// <summary>Policies made ready, where they are looked for.</summary>
/// <param name="Namespaces">NetworkPolicies of each namespace by name</param>
/// <param name="Admin">by priority, then name</param>
/// <param name="Baseline">the same</param>
internal sealed record PolicyShelf(ImmutableDictionary<string, ImmutableArray<PolicyPart>> Namespaces, ImmutableArray<PolicyPart> Admin, ImmutableArray<PolicyPart> Baseline)
{
    public static readonly PolicyShelf Empty = new(ImmutableDictionary<string, ImmutableArray<PolicyPart>>.Empty, [], []);

    private ImmutableDictionary<string, NetworkPolicy> policies = ImmutableDictionary<string, NetworkPolicy>.Empty;
    private ImmutableDictionary<string, ClusterNetworkPolicy> clusterPolicies = ImmutableDictionary<string, ClusterNetworkPolicy>.Empty;

    /// <summary>All that may select a pod of a namespace, in order.</summary>
    public IEnumerable<PolicyPart> For(string ns) => Admin.Concat(Namespaces.TryGetValue(ns, out var own) ? own : []).Concat(Baseline);

    /// <summary>Those that only one of both has: each says something about the pods it selects, and nothing about others.</summary>
    public IEnumerable<PolicyPart> Apart(PolicyShelf other)
    {
        var all = new HashSet<PolicyPart>(All, ReferenceEqualityComparer.Instance);
        all.SymmetricExceptWith(other.All);
        return all;
    }

    private IEnumerable<PolicyPart> All => Namespaces.Values.SelectMany(p => p).Concat(Admin).Concat(Baseline);

    /// <summary>This very one where no policy is another.</summary>
    public PolicyShelf With(ClusterSnapshot snapshot)
    {
        if (ReferenceEquals(policies, snapshot.NetworkPolicies) && ReferenceEquals(clusterPolicies, snapshot.ClusterNetworkPolicies))
            return this;
        var held = All.ToDictionary(p => p.Source, ReferenceEqualityComparer.Instance);
        var cluster = snapshot.ClusterNetworkPolicies.Values.Select(p => held.GetValueOrDefault(p) ?? new PolicyPart(p)).OrderBy(p => p.Priority).ThenBy(p => p.Owner, StringComparer.Ordinal).ToArray();
        return new PolicyShelf(
            snapshot.NetworkPolicies.Values.GroupBy(p => p.Namespace).ToImmutableDictionary(g => g.Key, g => (ImmutableArray<PolicyPart>)[.. g.OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => held.GetValueOrDefault(p) ?? new PolicyPart(p))]),
            [.. cluster.Where(p => p.Tier == PolicyTier.Admin)], [.. cluster.Where(p => p.Tier == PolicyTier.Baseline)])
        {
            policies = snapshot.NetworkPolicies, clusterPolicies = snapshot.ClusterNetworkPolicies,
        };
    }
}
