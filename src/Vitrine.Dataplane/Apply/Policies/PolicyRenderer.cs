using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Linux.Nft;
using Vitrine.Model.Plans.Policies;

namespace Vitrine.Dataplane.Apply.Policies;

/// <summary>
/// One direction of a pod, as chains. A map leads from the port to a ladder's chain, whose rules look the other end up in the sets of peer groups; what is in
/// no map goes by the ladder of all other ports. All this twice: for a connection's first way, and for its answers, where the ends are swapped. To return
/// is to let through.
/// </summary>
internal sealed class PolicyRenderer
{
    // A rule has room for 128 expressions (NFT_RULE_MAXEXPRS).
    private const int MostCounters = 64;
    private readonly PolicySkeleton skeleton;
    private readonly PolicyDirection direction;
    private readonly IReadOnlyDictionary<string, PeerGroup> groups;
    private readonly string name;
    private readonly List<NftChain> entrances = [], chains = [];
    private readonly List<NftRule> rules = [];
    private readonly List<(NftSet, ImmutableArray<NftElement>)> maps = [];
    private readonly SortedSet<string> counters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> used = [];

    private PolicyRenderer(PolicySkeleton skeleton, PolicyDirection direction, IReadOnlyDictionary<string, PeerGroup> groups, string name) =>
        (this.skeleton, this.direction, this.groups, this.name) = (skeleton, direction, groups, name);

    private string DropChain => $"{name}-drop";

    /// <param name="skeleton">the table</param>
    /// <param name="direction">which of a pod's two</param>
    /// <param name="isolation">not an open one, which needs no chain</param>
    /// <param name="groups">by key, all that the isolation names</param>
    public static IsolationChains Render(PolicySkeleton skeleton, PolicyDirection direction, Isolation isolation, IReadOnlyDictionary<string, PeerGroup> groups)
    {
        // What it is called is a digest of what it does.
        var draft = new PolicyRenderer(skeleton, direction, groups, "").Part(isolation);
        var text = string.Join('\n', draft.Entrances.Select(c => c.Comment).Concat(draft.Rules.Select(r => $"{r.Chain} {r}"))
            .Concat(draft.Maps.SelectMany(m => m.Elements, (m, e) => $"{m.Map.Name} {e.Key} {e.Last} {e.Verdict}")));
        return new PolicyRenderer(skeleton, direction, groups, $"{PolicyNames.Word(direction)}-{PolicyNames.Digest(text)}").Part(isolation);
    }

    /// <summary>The sets of a peer group, with what is in them.</summary>
    public static IEnumerable<(NftSet Set, ImmutableArray<NftElement> Elements)> Sets(PolicySkeleton skeleton, PeerGroup group)
    {
        var (name, comment) = (PolicyNames.Group(group.Key), PolicyNames.Short(group.Key));
        foreach (var family in skeleton.Families)
        {
            yield return (family.Peers(name, comment), [.. group.Pods.Where(p => family.Has(p.Key)).Select(p => Peer(p.Key, p.Value))]);
            if (Shape(group).Contains(family.Suffix, StringComparison.Ordinal))
                yield return (family.Blocks(name, comment), [.. group.Blocks.Where(b => family.Has(b.First)).Select(Block)]);
        }
    }

    /// <summary>Suffixes of the families of which it has blocks: these need sets of their own, and rules that look into them.</summary>
    public static string Shape(PeerGroup group) =>
        string.Concat(group.Blocks.Select(b => b.First.AddressFamily).Distinct().Select(f => f == AddressFamily.InterNetworkV6 ? "6" : "4"));

    public static NftElement Peer(IPAddress address, string owner) => NftElement.Of(address) with { Comment = owner };

    public static NftElement Block(AddressInterval block) => NftElement.Of(block.First) with { Last = NftKey.Of(block.Last) };

    private IsolationChains Part(Isolation isolation)
    {
        var comment = PolicyNames.Short(string.Join(", ", isolation.Policies));
        Way(isolation, name, comment, answers: false);
        Way(isolation, IsolationChains.AnswersOf(name), comment, answers: true);
        chains.Add(new NftChain(skeleton.Table, DropChain));
        // By default only a NetworkPolicy closes: each that selects the pod had the chance to let the packet through.
        rules.AddRange(Dropping(Rule(DropChain) with { Comment = comment }, isolation.Policies.Where(p => p.StartsWith("NetworkPolicy/", StringComparison.Ordinal))));
        return new IsolationChains
        {
            Name = name, Entrances = [.. entrances], Chains = [.. chains], Rules = [.. rules], Maps = [.. maps], Groups = used.ToImmutableDictionary(), Counters = [.. counters],
        };
    }

    private void Way(Isolation isolation, string chain, string comment, bool answers)
    {
        entrances.Add(new NftChain(skeleton.Table, chain) { Comment = comment });
        var ladders = new Dictionary<Ladder, string>();
        var elements = new List<NftElement>();
        foreach (var ports in isolation.Ports)
        {
            if (!ladders.TryGetValue(ports.Ladder, out var to))
                ladders[ports.Ladder] = to = $"{chain}-{ladders.Count + 1}";
            elements.Add(NftElement.Of(NftValue.Protocol(ports.Protocol), NftValue.Port(ports.First)) with
            {
                Last = NftKey.Of(NftValue.Protocol(ports.Protocol), NftValue.Port(ports.Last)), Verdict = NftVerdict.Goto(to),
            });
        }
        if (elements.Count > 0)
        {
            var map = new NftSet(skeleton.Table, $"{chain}-ports", [NftType.Protocol, NftType.Port]) { Interval = true, ToVerdicts = true };
            maps.Add((map, [.. elements]));
            rules.Add(Rule(chain).VerdictFrom(map.Name, NftField.L4Protocol, answers ? NftField.SourcePort : NftField.DestinationPort));
        }
        Ladder(isolation.Otherwise, chain, answers);
        foreach (var (ladder, to) in ladders)
        {
            chains.Add(new NftChain(skeleton.Table, to));
            Ladder(ladder, to, answers);
        }
    }

    private void Ladder(Ladder ladder, string chain, bool answers)
    {
        var rest = $"{chain}-rest";
        foreach (var step in ladder.Admin)
            Step(step, chain, rest, answers);
        if (ladder.Admin.Any(s => s.Action == StepAction.Pass))
        {
            rules.Add(Rule(chain).Goto(rest));
            chains.Add(new NftChain(skeleton.Table, chain = rest));
        }
        foreach (var step in ladder.Rest)
            Step(step, chain, rest, answers);
        if (!ladder.AllowsRest)
            rules.Add(Rule(chain).Goto(DropChain));
    }

    private void Step(LadderStep step, string chain, string rest, bool answers)
    {
        var comment = string.Join(", ", step.Rules.Select(r => r.Source));
        foreach (var match in Matches(step.Group, Rule(chain) with { Comment = comment }, answers))
            if (step.Action == StepAction.Deny)
                rules.AddRange(Dropping(match, step.Rules.Select(r => r.Source.Owner)));
            else
                rules.Add(step.Action == StepAction.Allow ? match.Return() : match.Goto(rest));
    }

    private IEnumerable<NftRule> Matches(string key, NftRule rule, bool answers)
    {
        var group = groups[key];
        if (group.Everybody)
            return [rule];
        var (name, shape) = (PolicyNames.Group(key), used[key] = Shape(group));
        // Of a connection to the pod, the other end is the source; of an answer to it, the destination.
        return skeleton.Families.SelectMany(f => Sets(f).Select(s => rule.In(s.Name, (direction == PolicyDirection.Ingress) != answers ? f.Source : f.Destination)));

        IEnumerable<NftSet> Sets(PolicyFamily f) => shape.Contains(f.Suffix, StringComparison.Ordinal) ? [f.Peers(name, ""), f.Blocks(name, "")] : [f.Peers(name, "")];
    }

    /// <summary>A packet counts for every policy concerned.</summary>
    private IEnumerable<NftRule> Dropping(NftRule match, IEnumerable<string> policies)
    {
        var names = policies.Distinct().Select(p => PolicyNames.Counter(p, direction)).ToArray();
        counters.UnionWith(names);
        for (var i = MostCounters; i < names.Length; i += MostCounters)
            yield return names[(i - MostCounters)..i].Aggregate(match, (rule, counter) => rule.CountIn(counter));
        yield return names[(Math.Max(names.Length - 1, 0) / MostCounters * MostCounters)..].Aggregate(match, (rule, counter) => rule.CountIn(counter)).Drop();
    }

    private NftRule Rule(string chain) => new(skeleton.Table, chain);
}
