using System.Collections.Immutable;
using Vitrine.Linux.Nft;
using Vitrine.Model.Plans.Policies;

namespace Vitrine.Dataplane.Apply.Policies;

/// <summary>What leads from one content of the table to another.</summary>
internal sealed class PolicyChanges
{
    public List<string> NewCounters { get; } = [];

    public List<string> OldCounters { get; } = [];

    public List<IsolationChains> NewParts { get; } = [];

    public List<IsolationChains> OldParts { get; } = [];

    public List<NftSet> NewSets { get; } = [];

    public List<NftSet> OldSets { get; } = [];

    public Dictionary<NftSet, List<NftElement>> Deleted { get; } = [];

    public Dictionary<NftSet, List<NftElement>> Added { get; } = [];

    public int Count => NewCounters.Count + OldCounters.Count + NewParts.Count + OldParts.Count + NewSets.Count + OldSets.Count + Deleted.Values.Sum(d => d.Count) + Added.Values.Sum(a => a.Count);

    /// <summary>Costs the pods of the node and what changed of groups, not what groups hold.</summary>
    public static PolicyChanges Between(PolicySkeleton skeleton, PolicyContents before, PolicyContents after)
    {
        var changes = new PolicyChanges();
        changes.NewCounters.AddRange(after.Counters.Except(before.Counters));
        changes.OldCounters.AddRange(before.Counters.Except(after.Counters));
        changes.NewParts.AddRange(after.Parts.Values.Where(p => !before.Parts.ContainsKey(p.Name)));
        changes.OldParts.AddRange(before.Parts.Values.Where(p => !after.Parts.ContainsKey(p.Name)));
        foreach (var (key, element) in after.Elements)
            if (!before.Elements.TryGetValue(key, out var held))
                Put(changes.Added, key.Set, element);
            else if (element != held)
            {
                Put(changes.Deleted, key.Set, held);
                Put(changes.Added, key.Set, element);
            }
        foreach (var (key, element) in before.Elements)
            if (!after.Elements.ContainsKey(key))
                Put(changes.Deleted, key.Set, element);
        foreach (var key in before.Groups.Keys.Union(after.Groups.Keys))
            if (before.Groups.GetValueOrDefault(key) is var old && after.Groups.GetValueOrDefault(key) is var wanted && !ReferenceEquals(old, wanted))
                changes.Regroup(skeleton, old, wanted);
        return changes;
    }

    private void Regroup(PolicySkeleton skeleton, PeerGroup? before, PeerGroup? after)
    {
        var held = before is null ? [] : PolicyRenderer.Sets(skeleton, before).ToDictionary(s => s.Set, s => s.Elements);
        var wanted = after is null ? [] : PolicyRenderer.Sets(skeleton, after).ToDictionary(s => s.Set, s => s.Elements);
        foreach (var (set, elements) in wanted)
            if (!held.Remove(set, out var had))
            {
                NewSets.Add(set);
                Added[set] = [.. elements];
            }
            else
            {
                foreach (var surplus in had.Except(elements))
                    Put(Deleted, set, surplus);
                foreach (var missing in elements.Except(had))
                    Put(Added, set, missing);
            }
        OldSets.AddRange(held.Keys);
    }

    private static void Put(Dictionary<NftSet, List<NftElement>> where, NftSet set, NftElement element)
    {
        if (!where.TryGetValue(set, out var list))
            where[set] = list = [];
        list.Add(element);
    }
}
