using System.Collections.Immutable;
using Vitrine.Linux.Nft;
using Vitrine.Model.Plans.Policies;

namespace Vitrine.Dataplane.Apply.Policies;

/// <summary>The table as it shall be, but for what is always the same.</summary>
/// <param name="Parts">by name</param>
/// <param name="Groups">by key: those that the parts look into</param>
/// <param name="Elements">of the skeleton's sets</param>
internal sealed record PolicyContents(
    ImmutableDictionary<string, IsolationChains> Parts, ImmutableDictionary<string, PeerGroup> Groups, ImmutableDictionary<(NftSet Set, NftKey Key, NftKey Last), NftElement> Elements)
{
    public ImmutableHashSet<string> Counters { get; } = [PolicySkeleton.Unknown, .. Parts.Values.SelectMany(p => p.Counters)];

    public NftTableSpec Spec(PolicySkeleton skeleton)
    {
        var constant = skeleton.Spec;
        var groups = Groups.Values.SelectMany(g => PolicyRenderer.Sets(skeleton, g)).Concat(Parts.Values.SelectMany(p => p.Maps)).ToArray();
        var own = Elements.ToLookup(e => e.Key.Set.Name, e => e.Value);
        return constant with
        {
            Sets = [.. constant.Sets, .. groups.Select(g => g.Item1)],
            Elements = constant.Sets.Select(s => (s, own[s.Name].ToImmutableArray())).Concat(groups).ToImmutableDictionary(g => g.Item1.Name, g => g.Item2),
            Counters = [.. Counters],
            Chains = [.. constant.Chains, .. Parts.Values.SelectMany(p => p.Entrances.Concat(p.Chains))],
            Rules = [.. constant.Rules, .. Parts.Values.SelectMany(p => p.Rules)],
        };
    }
}
