using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Policies;

/// <summary>The work of one compilation: pods that changed, and what follows from them.</summary>
internal sealed class PolicyCompiler(ClusterSnapshot snapshot, string nodeName, PolicyWork? before)
{
    private readonly PartyIndex.Changes parties = new(before?.Parties ?? PartyIndex.Empty);
    private readonly ImmutableDictionary<string, (Recipe? Ingress, Recipe? Egress)>.Builder own = (before?.Own ?? ImmutableDictionary<string, (Recipe? Ingress, Recipe? Egress)>.Empty).ToBuilder();
    private readonly ImmutableDictionary<string, PodPolicies>.Builder pods = (before?.Pods ?? ImmutableDictionary<string, PodPolicies>.Empty).ToBuilder();
    private readonly HashSet<string> again = new(StringComparer.Ordinal);
    private PartyIndex index = PartyIndex.Empty;
    private PolicyShelf shelf = PolicyShelf.Empty;
    private ImmutableDictionary<Recipe, Composition>.Builder compositions = null!;
    private readonly Dictionary<string, ImmutableArray<(byte Protocol, int Number)>> numbersOf = new(StringComparer.Ordinal);
    private Dictionary<Ladder, Ladder>? ladders;
    private Dictionary<Isolation, Isolation>? isolations;

    /// <param name="changed">pods that may be others; null to look at all</param>
    public PolicyWork Run(IReadOnlySet<string>? changed)
    {
        foreach (var key in before is null ? snapshot.Pods.Keys : changed ?? Others(before.Snapshot.Pods, snapshot.Pods))
            Look(key);
        if (before is null || !ReferenceEquals(before.Snapshot.Nodes, snapshot.Nodes) || !ReferenceEquals(before.Snapshot.Services, snapshot.Services))
            LookAtStandIns();
        var touched = parties.Touched;
        index = parties.Done();
        if (before is not null && !ReferenceEquals(before.Snapshot.Namespaces, snapshot.Namespaces))
            foreach (var ns in Others(before.Snapshot.Namespaces, snapshot.Namespaces).Where(n => !Party.Same(PeerTerm.LabelsOf(n, before.Snapshot.Namespaces), PeerTerm.LabelsOf(n, snapshot.Namespaces))))
                foreach (var party in index.Of(ns))
                {
                    touched.UnionWith(party.Addresses);
                    Again(party.Owner);
                }
        var members = (before?.Members ?? Membership.Empty).After(touched, index, snapshot.Namespaces);
        shelf = (before?.Shelf ?? PolicyShelf.Empty).With(snapshot);
        var numbers = before is not null && touched.Count == 0 ? before.Numbers : Numbers(members);
        if (before is null || numbers != before.Numbers)
            again.UnionWith(own.Keys);
        else if (!ReferenceEquals(shelf, before.Shelf))
            foreach (var part in shelf.Apart(before.Shelf))
                again.UnionWith(own.Keys.Where(k => !again.Contains(k) && part.Selects(index.Find(snapshot.Pods[k].Namespace, k)!, snapshot.Namespaces)));
        compositions = (before?.Compositions ?? ImmutableDictionary<Recipe, Composition>.Empty).ToBuilder();
        var other = false;
        foreach (var key in again)
            other |= Compose(key, members);
        if (other || (before is not null && own.Count != before.Own.Count))
        {
            members = Tidy(members);
            numbers = Numbers(members);
        }
        return new PolicyWork(snapshot, index, shelf, members, own.ToImmutable(), pods.ToImmutable(), compositions.ToImmutable(), numbers);
    }

    private void Look(string key)
    {
        var pod = snapshot.Pods.GetValueOrDefault(key);
        // The snapshot's own copy of the key, of which there are as many as pods.
        if (snapshot.Pods.TryGetKey(key, out var held))
            key = held;
        var ns = pod?.Namespace ?? key[..key.IndexOf('/', StringComparison.Ordinal)];
        var moved = parties.Put(ns, key, pod is null ? null : Party.OfKey(pod, key));
        if (pod is null || pod.NodeName != nodeName || !Party.IsSubject(pod))
        {
            own.Remove(key);
            pods.Remove(key);
        }
        else if (moved || !own.ContainsKey(key) || pods[key].Uid != pod.RuntimeUid)
            again.Add(key);
    }

    private void Again(string key)
    {
        if (own.ContainsKey(key))
            again.Add(key);
    }

    private void LookAtStandIns()
    {
        var now = StandIns.Of(snapshot).ToDictionary(s => s.Owner, StringComparer.Ordinal);
        foreach (var party in before is null ? [] : before.StandIns.Where(s => !now.ContainsKey(s.Owner)))
            parties.Put(party.Namespace, party.Owner, null);
        foreach (var party in now.Values)
            parties.Put(party.Namespace, party.Owner, party);
    }

    /// <returns>whether an isolation is another</returns>
    private bool Compose(string key, Membership members)
    {
        var pod = snapshot.Pods[key];
        var party = index.Find(pod.Namespace, key)!;
        PolicyPart[] selecting = [.. shelf.For(pod.Namespace).Where(p => p.Selects(party, snapshot.Namespaces))];
        var (ingress, egress) = (RecipeOf(PolicyDirection.Ingress, selecting, party, members), RecipeOf(PolicyDirection.Egress, selecting, party, members));
        var recipes = (ingress, egress);
        var same = own.TryGetValue(key, out var held) && held == recipes;
        if (same && pods[key].Uid == pod.RuntimeUid)
            return false;
        own[key] = recipes;
        var now = new PodPolicies(key, pod.RuntimeUid, Made(ingress, party, members), Made(egress, party, members));
        pods[key] = pods.TryGetValue(key, out var there) && there == now ? there : now;
        return !same;
    }

    private Recipe? RecipeOf(PolicyDirection direction, PolicyPart[] selecting, Party pod, Membership members)
    {
        ImmutableArray<PolicyPart> parts = [.. selecting.Where(p => p.Of(direction) is not null)];
        if (parts.IsEmpty)
            return null;
        var rules = parts.SelectMany(p => p.Of(direction)!.Value);
        var names = direction == PolicyDirection.Ingress
            ? rules.SelectMany(r => r.Names).Distinct().Select(n => $"{n.Name}/{n.Protocol}={string.Join(',', pod.Named(n.Name, n.Protocol).Order())}")
            : rules.SelectMany(r => r.NamedTerms).DistinctBy(t => t.Key).Select(t => $"{t.Key}={string.Join(',', NumbersOf(t, members))}");
        return new Recipe(direction, parts, string.Join(';', names));
    }

    private Isolation Made(Recipe? recipe, Party pod, Membership members)
    {
        if (recipe is null)
            return Isolation.Open;
        if (compositions.TryGetValue(recipe, out var there))
            return there.Isolation;
        ladders ??= compositions.Values.SelectMany(c => c.Isolation.Ports.Select(p => p.Ladder).Append(c.Isolation.Otherwise)).Append(Ladder.Open).Distinct().ToDictionary(l => l);
        isolations ??= compositions.Values.Select(c => c.Isolation).Distinct().ToDictionary(i => i);
        var made = new IsolationBuilder(ladders).Build(recipe.Parts, recipe.Direction, (rule, port) => Resolve(recipe.Direction, rule, port, pod, members));
        if (isolations.TryGetValue(made.Isolation, out var same))
            made = made with { Isolation = same };
        else
            isolations.Add(made.Isolation, made.Isolation);
        compositions[recipe] = made;
        return made.Isolation;
    }

    private IEnumerable<(ImmutableArray<PeerTerm> Terms, byte Protocol, int Number)> Resolve(PolicyDirection direction, RulePart rule, PolicyPort port, Party pod, Membership members)
    {
        var protocol = Services.ServiceProtocol.Number(port.Protocol);
        if (direction == PolicyDirection.Ingress)
            return pod.Named(port.Name, protocol).Distinct().Order().Select(n => (rule.Terms, n.Protocol, n.Number));
        return rule.Terms.Select(t => t.At(port.Name, protocol)).SelectMany(t => NumbersOf(t, members).Select(n => (Number: n, Term: t.At(n.Protocol, n.Number))))
            .GroupBy(n => n.Number).Select(g => (Terms: (ImmutableArray<PeerTerm>)[.. g.Select(n => n.Term)], g.Key.Protocol, g.Key.Number));
    }

    /// <summary>To which numbers the members of a term have its port.</summary>
    private ImmutableArray<(byte Protocol, int Number)> NumbersOf(PeerTerm term, Membership members)
    {
        if (!numbersOf.TryGetValue(term.Key, out var known))
            numbersOf[term.Key] = known =
            [
                .. (members.Terms.TryGetValue(term.Key, out var there) ? there.Members : Membership.Found(term, index, snapshot.Namespaces)).Keys
                    .SelectMany(a => index.At(a).Where(p => term.Selects(p, snapshot.Namespaces))).Distinct().SelectMany(p => p.Named(term.PortName, term.Protocol)).Distinct().Order(),
            ];
        return known;
    }

    private string Numbers(Membership members) => string.Join(';', members.Terms.Values.Where(t => t.Term is { PortName.Length: > 0, Number: 0 }).OrderBy(t => t.Term.Key, StringComparer.Ordinal)
        .Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Term.Key}={string.Join(',', NumbersOf(t.Term, members))}")));

    /// <summary>Without what nobody uses any more, and with what is new.</summary>
    private Membership Tidy(Membership members)
    {
        var used = own.Values.SelectMany(p => new[] { p.Ingress, p.Egress }).OfType<Recipe>().ToHashSet();
        compositions.RemoveRange(compositions.Keys.Where(r => !used.Contains(r)).ToArray());
        var groups = new Dictionary<string, ImmutableArray<PeerTerm>>(StringComparer.Ordinal);
        foreach (var (key, terms) in compositions.Values.SelectMany(c => c.Groups))
            groups[key] = terms;
        return members.With(groups, compositions.Values.SelectMany(c => c.Named), index, snapshot.Namespaces);
    }

    private static IEnumerable<string> Others<T>(ImmutableDictionary<string, T> before, ImmutableDictionary<string, T> now) where T : class =>
        ReferenceEquals(before, now) ? []
            : [.. now.Where(n => !before.TryGetValue(n.Key, out var old) || !ReferenceEquals(old, n.Value)).Select(n => n.Key), .. before.Keys.Where(k => !now.ContainsKey(k))];
}
