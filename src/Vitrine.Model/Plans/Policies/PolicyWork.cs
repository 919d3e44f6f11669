using System.Collections.Immutable;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Policies;

/// <summary>What a plan keeps for the next.</summary>
/// <param name="Own">this node's pods: what their isolations are made of, null where nothing selects them</param>
/// <param name="Pods">the isolations themselves</param>
/// <param name="Numbers">what the ports' names at other ends come to</param>
internal sealed record PolicyWork(
    ClusterSnapshot Snapshot, PartyIndex Parties, PolicyShelf Shelf, Membership Members, ImmutableDictionary<string, (Recipe? Ingress, Recipe? Egress)> Own,
    ImmutableDictionary<string, PodPolicies> Pods, ImmutableDictionary<Recipe, Composition> Compositions, string Numbers)
{
    /// <summary>All parties that are no pods.</summary>
    public IEnumerable<Party> StandIns => Parties.ByNamespace.Values.SelectMany(n => n.Values).Where(p => !p.IsPod);
}
