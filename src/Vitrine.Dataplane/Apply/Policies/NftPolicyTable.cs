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

    /// <summary>
    /// Three transactions, of which the second alone changes what packets meet. The kernel decides at a packet's first rule which generation of chains it goes by, and at
    /// each lookup anew which elements there are: a packet on its way while a transaction is committed would be led to a new chain and find it without rules, which
    /// lets it pass. So what is led to is there before, and goes after.
    /// </summary>
    public void Commit(PolicyChanges changes)
    {
        var before = socket.Batch();
        foreach (var counter in changes.NewCounters)
            before.AddCounter(new NftCounter(skeleton.Table, counter));
        foreach (var set in changes.NewSets)
            before.AddSet(set).AddElements(set, changes.Added[set]);
        foreach (var part in changes.NewParts)
            Add(before, part);
        var turn = socket.Batch();
        foreach (var (set, elements) in changes.Deleted)
            turn.DeleteElements(set, elements);
        foreach (var (set, elements) in changes.Added.Where(a => !changes.NewSets.Contains(a.Key)))
            turn.AddElements(set, elements);
        var after = socket.Batch();
        foreach (var part in changes.OldParts)
            Delete(after, part);
        foreach (var set in changes.OldSets)
            after.DeleteSet(skeleton.Table, set.Name);
        foreach (var counter in changes.OldCounters)
            after.DeleteCounter(skeleton.Table, counter);
        foreach (var batch in new[] { before, turn, after }.Where(b => b.Count > 0))
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
