using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Vitrine.Dataplane.Apply.Policies;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Nft;

namespace Vitrine.Unit.Dataplane;

/// <summary>
/// A table as the kernel keeps it: what a rule or an element leads to must be there (ENOENT) and cannot go before it (EBUSY), keys are unique (EEXIST), what is not
/// there cannot be deleted (ENOENT), what is there may be added again (a rule is then there twice), and of a transaction that is refused nothing happens; a change is three of them. test/Kernel holds it against the kernel.
/// </summary>
internal sealed partial class FakePolicyTable : IPolicyTable
{
    private State? state;

    /// <summary>How many transactions there were.</summary>
    public int Commits { get; private set; }

    public PolicyReading? Read() => state is not { } s ? null : new PolicyReading(
        [.. s.Chains.Values], [.. s.Rules.Select(r => (r.Chain, r.Comment))], [.. s.Sets.Values.Select(set => (set, s.Elements.Where(e => e.Key.Item1 == set.Name).Select(e => e.Value).ToImmutableArray()))],
        [.. s.Counters.Select(c => new NftCounter(default, c))]);

    /// <summary>As `nft flush ruleset` leaves it.</summary>
    public void Flush() => state = null;

    public int Ensure(NftTableSpec whole)
    {
        var wanted = new State(
            whole.Chains.ToImmutableDictionary(c => c.Name), [.. whole.Rules], whole.Sets.ToImmutableDictionary(s => s.Name),
            whole.Elements.SelectMany(s => s.Value, (s, e) => (Identity(s.Key, e), e)).ToImmutableDictionary(e => e.Item1, e => e.e), [.. whole.Counters]);
        wanted.Check();
        var changes = state is not { } held ? 1 : held.Difference(wanted);
        state = wanted;
        return changes;
    }

    public void Commit(PolicyChanges changes)
    {
        Commits++;
        var next = state ?? throw Refused(Errno.ENOENT, "no table");
        next = next with { Counters = next.Counters.Union(changes.NewCounters), Sets = next.Sets.SetItems(changes.NewSets.Select(s => KeyValuePair.Create(s.Name, s))) };
        foreach (var set in changes.NewSets)
            next = next.Add(set, changes.Added[set]);
        foreach (var part in changes.NewParts)
        {
            next = next with
            {
                Chains = next.Chains.SetItems(part.Entrances.Concat(part.Chains).Select(c => KeyValuePair.Create(c.Name, c))), Rules = next.Rules.AddRange(part.Rules),
                Sets = next.Sets.SetItems(part.Maps.Select(m => KeyValuePair.Create(m.Map.Name, m.Map))),
            };
            foreach (var (map, elements) in part.Maps)
                next = next.Add(map, elements);
            next.Check();
        }
        next.Check();
        state = next;
        foreach (var (set, elements) in changes.Deleted)
            next = next.Delete(set, elements);
        foreach (var (set, elements) in changes.Added.Where(a => !changes.NewSets.Contains(a.Key)))
            next = next.Add(set, elements);
        next.Check();
        state = next;
        foreach (var part in changes.OldParts)
        {
            foreach (var chain in part.Entrances)
                next = next.WithoutChain(chain.Name);
            foreach (var (map, _) in part.Maps)
                next = next.WithoutSet(map.Name);
            foreach (var chain in part.Chains)
                next = next.WithoutChain(chain.Name);
        }
        foreach (var set in changes.OldSets)
            next = next.WithoutSet(set.Name);
        next = next with { Counters = next.Counters.Except(changes.OldCounters) };
        next.Check();
        state = next;
    }

    private static (string, NftKey, NftKey) Identity(string set, NftElement element) => (set, element.Key, element.Last ?? element.Key);

    private static LinuxException Refused(int errno, string why) => new("change nftables", errno, why);

    private sealed partial record State(
        ImmutableDictionary<string, NftChain> Chains, ImmutableArray<NftRule> Rules, ImmutableDictionary<string, NftSet> Sets,
        ImmutableDictionary<(string, NftKey, NftKey), NftElement> Elements, ImmutableHashSet<string> Counters)
    {
        /// <summary>All that is led to is there.</summary>
        public void Check()
        {
            foreach (var rule in Rules)
            {
                var there = Chains.ContainsKey(rule.Chain) && Targets().Matches(rule.Text).All(m => Chains.ContainsKey(m.Groups[1].Value))
                    && Lookups().Matches(rule.Text).All(m => Sets.ContainsKey(m.Groups[1].Value)) && CounterNames().Matches(rule.Text).All(m => Counters.Contains(m.Groups[1].Value));
                if (!there)
                    throw Refused(Errno.ENOENT, $"{rule.Chain}: {rule}");
            }
            foreach (var (key, element) in Elements)
                if (!Sets.ContainsKey(key.Item1) || (element.Verdict?.Chain is { } chain && !Chains.ContainsKey(chain)))
                    throw Refused(Errno.ENOENT, $"{key.Item1} {element}");
        }

        public int Difference(State wanted) =>
            (Chains.Count == wanted.Chains.Count && Chains.All(c => wanted.Chains.TryGetValue(c.Key, out var w) && w == c.Value) ? 0 : 1)
            + (Rules.GroupBy(r => r.Chain).All(g => wanted.Rules.Where(w => w.Chain == g.Key).Select(w => w.ToString()).SequenceEqual(g.Select(r => r.ToString()))) && Rules.Length == wanted.Rules.Length ? 0 : 1)
            + (Sets.Count == wanted.Sets.Count && Sets.All(s => wanted.Sets.TryGetValue(s.Key, out var w) && w == s.Value) ? 0 : 1)
            + (Elements.Count == wanted.Elements.Count && Elements.All(e => wanted.Elements.TryGetValue(e.Key, out var w) && w == e.Value) ? 0 : 1)
            + (Counters.SetEquals(wanted.Counters) ? 0 : 1);

        public State Add(NftSet set, IEnumerable<NftElement> elements)
        {
            var next = Elements.ToBuilder();
            foreach (var element in elements)
                if (!next.TryGetValue(Identity(set.Name, element), out var held))
                    next[Identity(set.Name, element)] = element;
                else if (held.Verdict != element.Verdict)
                    throw Refused(Errno.EEXIST, $"{set.Name} {element.Key}");
            return this with { Elements = next.ToImmutable() };
        }

        public State Delete(NftSet set, IEnumerable<NftElement> elements)
        {
            var next = Elements.ToBuilder();
            foreach (var element in elements)
                if (!next.Remove(Identity(set.Name, element)))
                    throw Refused(Errno.ENOENT, $"{set.Name} {element.Key}");
            return this with { Elements = next.ToImmutable() };
        }

        public State WithoutChain(string name)
        {
            var next = this with { Chains = Chains.Remove(name), Rules = [.. Rules.Where(r => r.Chain != name)] };
            if (!Chains.ContainsKey(name))
                throw Refused(Errno.ENOENT, name);
            if (next.Rules.Any(r => Targets().Matches(r.Text).Any(m => m.Groups[1].Value == name)) || next.Elements.Values.Any(e => e.Verdict?.Chain == name))
                throw Refused(Errno.EBUSY, name);
            return next;
        }

        public State WithoutSet(string name)
        {
            if (!Sets.ContainsKey(name))
                throw Refused(Errno.ENOENT, name);
            if (Rules.Any(r => Lookups().Matches(r.Text).Any(m => m.Groups[1].Value == name)))
                throw Refused(Errno.EBUSY, name);
            return this with { Sets = Sets.Remove(name), Elements = Elements.RemoveRange(Elements.Keys.Where(k => k.Item1 == name)) };
        }

        [GeneratedRegex(@"(?:jump|goto) (\S+)")]
        private static partial Regex Targets();

        [GeneratedRegex(@"@(\S+)")]
        private static partial Regex Lookups();

        [GeneratedRegex("counter name \"([^\"]+)\"")]
        private static partial Regex CounterNames();
    }
}
