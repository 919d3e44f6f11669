using System.Collections.Immutable;
using Vitrine.Model.Plans.Services;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Policies;

/// <summary>Policies of one direction of a pod → ladders by port.</summary>
/// <param name="ladders">equal ones are taken from here, new ones put there</param>
internal sealed class IsolationBuilder(Dictionary<Ladder, Ladder> ladders)
{
    private static readonly byte[] Transports = [ServiceProtocol.Tcp, ServiceProtocol.Udp, ServiceProtocol.Sctp];
    private readonly ImmutableDictionary<string, ImmutableArray<PeerTerm>>.Builder groups = ImmutableDictionary.CreateBuilder<string, ImmutableArray<PeerTerm>>(StringComparer.Ordinal);

    /// <param name="parts">in order of tier, priority and name; not empty</param>
    /// <param name="direction">of their rules</param>
    /// <param name="numbers">what a port's name comes to: terms of peers, and the number to which they have it (of the pod itself for what comes in)</param>
    public Composition Build(ImmutableArray<PolicyPart> parts, PolicyDirection direction, Func<RulePart, PolicyPort, IEnumerable<(ImmutableArray<PeerTerm> Terms, byte Protocol, int Number)>> numbers)
    {
        var isolated = parts.Any(p => p.Tier == PolicyTier.Namespace);
        (PolicyTier Tier, RulePiece Piece)[] pieces = [.. parts.Where(p => !isolated || p.Tier != PolicyTier.Baseline).SelectMany(p => p.Of(direction)!.Value.SelectMany(r => Pieces(r, numbers)).Select(piece => (p.Tier, piece)))];
        var otherwise = Ladder(pieces.Where(p => p.Piece.Protocol == 0), isolated);
        var ports = ImmutableArray.CreateBuilder<PortLadder>();
        foreach (var protocol in Transports)
            foreach (var range in Ranges(pieces, protocol, isolated).Where(r => !ReferenceEquals(r.Ladder, otherwise)))
                ports.Add(range);
        var named = direction == PolicyDirection.Egress ? parts.SelectMany(p => p.Egress!.Value.SelectMany(r => r.NamedTerms)).DistinctBy(t => t.Key) : [];
        var used = parts.Where(p => !isolated || p.Tier != PolicyTier.Baseline).Select(p => p.Owner);
        var isolation = new Isolation([.. used], ports.ToImmutable(), otherwise);
        return new Composition(isolation, GroupsOf(isolation).Distinct().ToImmutableDictionary(g => g, g => groups[g], StringComparer.Ordinal), [.. named]);
    }

    private static IEnumerable<RulePiece> Pieces(RulePart rule, Func<RulePart, PolicyPort, IEnumerable<(ImmutableArray<PeerTerm> Terms, byte Protocol, int Number)>> numbers)
    {
        if (rule.Terms.IsEmpty)
            yield break;
        if (rule.EveryPort)
            yield return new RulePiece(rule, rule.Terms, 0, 0, 0);
        foreach (var port in rule.Ports)
            if (port.Name.Length > 0)
                foreach (var (terms, protocol, number) in numbers(rule, port))
                    yield return new RulePiece(rule, terms, protocol, number, number);
            else if (ServiceProtocol.Number(port.Protocol) is var protocol and not 0)
                yield return new RulePiece(rule, rule.Terms, protocol, port.First, port.Last);
    }

    /// <summary>The whole of a protocol's ports, cut where a rule begins or ends; neighbours with one ladder are one.</summary>
    private IEnumerable<PortLadder> Ranges((PolicyTier Tier, RulePiece Piece)[] pieces, byte protocol, bool isolated)
    {
        var cuts = new SortedSet<int>();
        foreach (var (_, piece) in pieces)
            if (piece.Protocol == protocol)
            {
                cuts.Add(piece.First);
                cuts.Add(piece.Last + 1);
            }
        cuts.Remove(ushort.MaxValue + 1);
        if (cuts.Count == 0)
            yield break;
        cuts.Add(0);
        PortLadder? held = null;
        foreach (var (first, next) in cuts.Zip(cuts.Skip(1).Append(ushort.MaxValue + 1)))
        {
            var ladder = Ladder(pieces.Where(p => p.Piece.Covers(protocol, first)), isolated);
            if (held is not null && ReferenceEquals(held.Ladder, ladder))
            {
                held = held with { Last = (ushort)(next - 1) };
                continue;
            }
            if (held is not null)
                yield return held;
            held = new PortLadder(protocol, (ushort)first, (ushort)(next - 1), ladder);
        }
        yield return held!;
    }

    private Ladder Ladder(IEnumerable<(PolicyTier Tier, RulePiece Piece)> pieces, bool isolated)
    {
        List<RulePiece> admin = [], rest = [];
        foreach (var (tier, piece) in pieces)
            (tier == PolicyTier.Admin ? admin : rest).Add(piece);
        var above = Steps(admin, pass: StepAction.Pass);
        // A Pass at the end goes where the end goes.
        while (!above.IsEmpty && above[^1].Action == StepAction.Pass)
            above = above.RemoveAt(above.Length - 1);
        var ends = !above.IsEmpty && above[^1].Group == PeerGroup.EverybodyKey;
        var ladder = ends ? new Ladder(above, [], false) : new Ladder(above, Steps(rest, pass: StepAction.Allow), !isolated);
        if (ladders.TryGetValue(ladder, out var same))
            return same;
        ladders.Add(ladder, ladder);
        return ladder;
    }

    /// <summary>Neighbours of one action are one step; nothing comes after everybody.</summary>
    private ImmutableArray<LadderStep> Steps(List<RulePiece> pieces, StepAction pass)
    {
        var steps = ImmutableArray.CreateBuilder<LadderStep>();
        for (int i = 0, end; i < pieces.Count; i = end)
        {
            var action = ActionOf(pieces[i], pass);
            for (end = i + 1; end < pieces.Count && ActionOf(pieces[end], pass) == action;)
                end++;
            var step = Step(pieces[i..end], action);
            steps.Add(step);
            if (step.Group == PeerGroup.EverybodyKey)
                break;
        }
        return steps.ToImmutable();
    }

    private static StepAction ActionOf(RulePiece piece, StepAction pass) => piece.Rule.Action switch { PolicyAction.Accept => StepAction.Allow, PolicyAction.Deny => StepAction.Deny, _ => pass };

    private LadderStep Step(List<RulePiece> pieces, StepAction action)
    {
        ImmutableArray<PeerTerm> terms = [.. pieces.SelectMany(p => p.Terms).DistinctBy(t => t.Key).OrderBy(t => t.Key, StringComparer.Ordinal)];
        if (terms.Any(t => t.Key == PeerGroup.EverybodyKey))
            terms = [PeerTerm.Everybody];
        else if (terms.Any(t => t.IsEveryPod))
            terms = [.. terms.Where(t => t.IsEveryPod || !t.IsOfPods)];
        var key = string.Join(" or ", terms.Select(t => t.Key));
        groups[key] = terms;
        return new LadderStep(key, action, [.. pieces.GroupBy(p => p.Rule).Select(r => Source(r.Key, [.. r.SelectMany(p => p.Terms).DistinctBy(t => t.Key)]))]);
    }

    private static StepRule Source(RulePart rule, ImmutableArray<PeerTerm> terms) => new(rule.Source, [.. terms.Select(t => t.Key)]) { Peers = terms };

    private static IEnumerable<string> GroupsOf(Isolation isolation)
    {
        foreach (var ladder in isolation.Ports.Select(p => p.Ladder).Append(isolation.Otherwise))
            foreach (var step in ladder.Admin.Concat(ladder.Rest))
                yield return step.Group;
    }
}
