using System.Collections.Immutable;
using Vitrine.Linux.Nft;

namespace Vitrine.Dataplane.Apply.Policies;

/// <summary>The table in the kernel.</summary>
internal sealed class NftPolicyTable(NftSocket socket, PolicySkeleton skeleton) : IPolicyTable
{
    public PolicyReading? Read() => !socket.ListTables().Contains(skeleton.Table) ? null : new PolicyReading(
        [.. socket.ListChains(skeleton.Table)], [.. socket.ListRules(skeleton.Table).Select(r => (r.Chain, r.Comment))],
        [.. socket.ListSets(skeleton.Table).Select(s => (s, socket.ListElements(s).ToImmutableArray()))], [.. socket.ListCounters(skeleton.Table)]);

    public int Ensure(NftTableSpec whole) => whole.EnsureIn(socket);

    /// <summary>What is led to comes first and goes last.</summary>
    public void Commit(PolicyChanges changes)
    {
        var batch = socket.Batch();
        foreach (var counter in changes.NewCounters)
            batch.AddCounter(new NftCounter(skeleton.Table, counter));
        foreach (var set in changes.NewSets)
            batch.AddSet(set);
        foreach (var part in changes.NewParts)
            Add(batch, part);
        foreach (var (set, elements) in changes.Deleted)
            batch.DeleteElements(set, elements);
        foreach (var (set, elements) in changes.Added)
            batch.AddElements(set, elements);
        foreach (var part in changes.OldParts)
            Delete(batch, part);
        foreach (var set in changes.OldSets)
            batch.DeleteSet(skeleton.Table, set.Name);
        foreach (var counter in changes.OldCounters)
            batch.DeleteCounter(skeleton.Table, counter);
        batch.Send();
    }

    private static void Add(NftBatch batch, IsolationChains part)
    {
        foreach (var chain in part.Entrances.Concat(part.Chains))
            batch.AddChain(chain);
        foreach (var (map, elements) in part.Maps)
            batch.AddSet(map).AddElements(map, elements);
        foreach (var rule in part.Rules)
            batch.AddRule(rule);
    }

    private void Delete(NftBatch batch, IsolationChains part)
    {
        foreach (var chain in part.Entrances)
            batch.DeleteChain(skeleton.Table, chain.Name);
        foreach (var (map, _) in part.Maps)
            batch.DeleteSet(skeleton.Table, map.Name);
        foreach (var chain in part.Chains)
            batch.DeleteChain(skeleton.Table, chain.Name);
    }
}
