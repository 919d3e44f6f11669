using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Policies;

/// <summary>Who is meant by each term and each group: kept from plan to plan, so that a pod's coming is looked at and no other.</summary>
/// <param name="Terms">key → the term and its members, address → owner</param>
/// <param name="Groups">by key</param>
/// <param name="Parts">key of a group → its terms</param>
internal sealed record Membership(
    ImmutableDictionary<string, (PeerTerm Term, ImmutableDictionary<IPAddress, string> Members)> Terms, ImmutableDictionary<string, PeerGroup> Groups, ImmutableDictionary<string, ImmutableArray<PeerTerm>> Parts)
{
    public static readonly Membership Empty = new(
        ImmutableDictionary<string, (PeerTerm, ImmutableDictionary<IPAddress, string>)>.Empty, ImmutableDictionary<string, PeerGroup>.Empty, ImmutableDictionary<string, ImmutableArray<PeerTerm>>.Empty);

    /// <summary>After addresses have got other parties.</summary>
    public Membership After(IReadOnlyCollection<IPAddress> touched, PartyIndex parties, ImmutableDictionary<string, Namespace> namespaces)
    {
        if (touched.Count == 0)
            return this;
        var terms = Terms.ToBuilder();
        var others = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, (term, members)) in Terms)
        {
            var now = members;
            foreach (var address in touched)
                now = Set(now, address, term.Member(parties.At(address), address, namespaces));
            if (ReferenceEquals(now, members))
                continue;
            terms[key] = (term, now);
            others.Add(key);
        }
        if (others.Count == 0)
            return this;
        var after = this with { Terms = terms.ToImmutable() };
        return after with { Groups = after.Regrouped(others, touched) };
    }

    /// <summary>With the terms and groups that are needed and no others.</summary>
    public Membership With(Dictionary<string, ImmutableArray<PeerTerm>> groups, IEnumerable<PeerTerm> named, PartyIndex parties, ImmutableDictionary<string, Namespace> namespaces)
    {
        var terms = Terms.ToBuilder();
        var needed = groups.Values.SelectMany(t => t).Concat(named).Where(t => t.HasMembers).DistinctBy(t => t.Key).ToDictionary(t => t.Key, StringComparer.Ordinal);
        terms.RemoveRange(Terms.Keys.Where(k => !needed.ContainsKey(k)));
        foreach (var (key, term) in needed)
            if (!terms.ContainsKey(key))
                terms[key] = (term, Found(term, parties, namespaces));
        var after = this with { Terms = terms.ToImmutable() };
        var all = Groups.ToBuilder();
        all.RemoveRange(Groups.Keys.Where(k => !groups.ContainsKey(k)));
        foreach (var (key, parts) in groups)
            if (!all.ContainsKey(key))
                all[key] = after.Group(key, parts);
        return after with { Groups = all.ToImmutable(), Parts = groups.ToImmutableDictionary() };
    }

    private ImmutableDictionary<string, PeerGroup> Regrouped(HashSet<string> others, IReadOnlyCollection<IPAddress> touched)
    {
        var all = Groups.ToBuilder();
        foreach (var (key, terms) in Parts)
        {
            if (!terms.Any(t => others.Contains(t.Key)))
                continue;
            var (group, pods) = (Groups[key], Groups[key].Pods);
            if (terms.Length == 1)
                pods = Terms[terms[0].Key].Members;
            else
                foreach (var address in touched)
                    pods = Set(pods, address, terms.Where(t => t.HasMembers).Select(t => Terms[t.Key].Members.GetValueOrDefault(address)).FirstOrDefault(o => o is not null));
            if (!ReferenceEquals(pods, group.Pods))
                all[key] = group with { Pods = pods };
        }
        return all.ToImmutable();
    }

    private PeerGroup Group(string key, ImmutableArray<PeerTerm> terms)
    {
        PeerTerm[] some = [.. terms.Where(t => t.HasMembers)];
        var pods = some.Length == 0 ? ImmutableDictionary<IPAddress, string>.Empty : Terms[some[0].Key].Members;
        foreach (var term in some.Skip(1))
            pods = pods.SetItems(Terms[term.Key].Members.Where(m => !pods.ContainsKey(m.Key)));
        return new PeerGroup(key) { Pods = pods, Blocks = Intervals.Union(terms.Where(t => !t.HasMembers).SelectMany(t => t.Blocks)) };
    }

    /// <summary>Of all parties the term's.</summary>
    public static ImmutableDictionary<IPAddress, string> Found(PeerTerm term, PartyIndex parties, ImmutableDictionary<string, Namespace> namespaces)
    {
        var members = ImmutableDictionary.CreateBuilder<IPAddress, string>();
        foreach (var ns in term.Namespace is { } own ? [own] : term.Nodes is not null ? [""] : parties.ByNamespace.Keys)
            foreach (var party in parties.Of(ns))
                if (term.Selects(party, namespaces))
                    foreach (var address in party.Addresses)
                        if (!members.ContainsKey(address) && term.Member(parties.At(address), address, namespaces) is { } owner)
                            members.Add(address, owner);
        return members.ToImmutable();
    }

    private static ImmutableDictionary<IPAddress, string> Set(ImmutableDictionary<IPAddress, string> members, IPAddress address, string? owner) =>
        owner is null ? members.Remove(address) : members.SetItem(address, owner);
}
