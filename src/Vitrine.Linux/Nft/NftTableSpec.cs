using System.Collections.Immutable;

namespace Vitrine.Linux.Nft;

/// <summary>A whole table as it shall be. Its owner is alone in it: whatever else is found there goes.</summary>
public sealed record NftTableSpec(NftTable Table)
{
    public string? Comment { get; init; }

    public ImmutableArray<NftSet> Sets { get; init; } = [];

    /// <summary>By name of the set; dynamic sets are filled by rules alone.</summary>
    public ImmutableDictionary<string, ImmutableArray<NftElement>> Elements { get; init; } = ImmutableDictionary<string, ImmutableArray<NftElement>>.Empty;

    /// <summary>Names of counters.</summary>
    public ImmutableArray<string> Counters { get; init; } = [];

    public ImmutableArray<NftChain> Chains { get; init; } = [];

    /// <summary>The rules of one chain in their order.</summary>
    public ImmutableArray<NftRule> Rules { get; init; } = [];

    /// <summary>
    /// Makes the kernel's table so, in one transaction and with as few changes as will do: a table with other sets, counters, chains or rules is replaced as a whole,
    /// elements are added and deleted one by one. What is there already stays untouched. Counters with a name keep what they counted even then.
    /// </summary>
    /// <returns>how many changes it took; 0 when all was in order</returns>
    public int EnsureIn(NftSocket socket)
    {
        var batch = socket.Batch();
        if (!socket.ListTables().Contains(Table))
            Create(batch);
        else if (!SkeletonIsIn(socket))
            Create(batch.DeleteTable(Table), counted: socket.ListCounters(Table));
        else
            foreach (var set in Sets.Where(s => !s.Dynamic))
                Change(batch, set, socket.ListElements(set), ElementsOf(set));
        batch.Send();
        return batch.Count;
    }

    /// <summary>Adds what is missing of a set's elements and deletes what is too much.</summary>
    public static void Change(NftBatch batch, NftSet set, IEnumerable<NftElement> held, IEnumerable<NftElement> wanted)
    {
        var surplus = held.ToDictionary(Identity);
        var missing = new List<NftElement>();
        foreach (var element in wanted)
            if (!surplus.TryGetValue(Identity(element), out var other) || !Same(element, other))
                missing.Add(element);
            else
                surplus.Remove(Identity(element));
        if (surplus.Count > 0)
            batch.DeleteElements(set, surplus.Values);
        if (missing.Count > 0)
            batch.AddElements(set, missing);
    }

    internal void Create(NftBatch batch, bool exclusive = false, bool owned = false, IReadOnlyList<NftCounter>? counted = null)
    {
        if (exclusive)
            batch.CreateTable(Table, Comment, owned);
        else
            batch.AddTable(Table, Comment);
        foreach (var name in Counters)
            batch.AddCounter(counted?.FirstOrDefault(c => c.Name == name) ?? new NftCounter(Table, name));
        foreach (var set in Sets)
            batch.AddSet(set);
        foreach (var chain in Chains)
            batch.AddChain(chain);
        // Elements may jump to chains, rules look into sets.
        foreach (var set in Sets)
            batch.AddElements(set, ElementsOf(set));
        foreach (var rule in Rules)
            batch.AddRule(rule);
    }

    /// <summary>True when the kernel's table has just these sets, counters, chains and rules, whatever its elements.</summary>
    public bool SkeletonIsIn(NftSocket socket)
    {
        var sets = socket.ListSets(Table);
        var chains = socket.ListChains(Table);
        var rules = socket.ListRules(Table).ToLookup(r => r.Chain);
        var wanted = Rules.ToLookup(r => r.Chain);
        return sets.Count == Sets.Length && sets.ToHashSet().IsSupersetOf(Sets)
            && chains.Count == Chains.Length && chains.ToHashSet().IsSupersetOf(Chains)
            && (Counters.IsEmpty || socket.ListCounters(Table).Select(c => c.Name).ToHashSet().SetEquals(Counters))
            && Chains.All(c => wanted[c.Name].Count() == rules[c.Name].Count() && wanted[c.Name].Zip(rules[c.Name]).All(p => p.First.IsIn(p.Second)));
    }

    private ImmutableArray<NftElement> ElementsOf(NftSet set) => Elements.TryGetValue(set.Name, out var elements) ? elements : [];

    private static (NftKey, NftKey) Identity(NftElement element) => (element.Key, element.Last ?? element.Key);

    private static bool Same(NftElement wanted, NftElement held) =>
        Nullable.Equals(wanted.Value, held.Value) && wanted.Verdict == held.Verdict && NftAnnotation.Cut(wanted.Comment) == held.Comment;
}
