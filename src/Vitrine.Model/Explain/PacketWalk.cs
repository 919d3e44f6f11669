using System.Collections.Immutable;
using Vitrine.Model.Explain.Services;

namespace Vitrine.Model.Explain;

/// <summary>
/// Predicts a packet's fate from values alone: the plans that are applied to the kernel, and what was read of the machines.
/// <code>
/// 1 are both ends there ─ 2 the way there ─ 3 who takes it ─ 4 the way back of the answer or of the error ─ 5 the same for every endpoint of a Service
/// </code>
/// </summary>
public static class PacketWalk
{
    /// <summary>Of a packet whose size nobody asked about: a SYN, an empty datagram, an echo.</summary>
    private const int SmallPacket = 84;

    /// <summary>Pure: the same scene and question give the same explanation.</summary>
    public static Explanation Explain(Scene scene, Question question)
    {
        var redirects = new Redirects(0);
        var first = One(scene, question, redirects);
        // 5
        var others = Enumerable.Range(1, redirects.Possible - 1).Select(i => One(scene, question, new Redirects(i))).ToImmutableArray();
        if (redirects is { Made: null, Detour: null })
            return first;
        // What fails is what somebody asks about: it comes first.
        ImmutableArray<Explanation> all = [first, .. others];
        var telling = all.FirstOrDefault(e => e.Verdict is not (Verdict.Delivered or Verdict.NotKnown or Verdict.LeavesCluster)) ?? first;
        return telling with
        {
            Endpoints = redirects.Made is { } made ? EndpointReasons.Of(scene, new Place(made.Station, null).NodeName!, made.Port, made.Fate) : telling.Endpoints,
            Others = all.Remove(telling), Own = telling.Expected,
            Expected = all.Any(e => e.Expected.IsEmpty) ? [] : [.. all.SelectMany(e => e.Expected).Distinct()],
        };
    }

    private static Explanation One(Scene scene, Question question, Redirects redirects)
    {
        // 1
        if (Presence.Missing(scene, question) is { } missing)
            return new Explanation(question, missing, null);
        var to = question.Destination.Address!;
        var masquerades = new List<Masquerade>();
        var size = question.Size == 0 ? SmallPacket : question.Size;
        // A pod has one address of a family. Of a node's and the host's several the kernel chooses.
        var packet = new Packet(scene.Station(question.Source.Object) is null || question.Source.PodKey is not null ? question.Source.Address : null, to, question.Transport, question.Port, size) { ByGateway = question.ByGateway };
        if (scene.Station(scene.StationOf(question.Source)) is not { } start)
            return Told(scene, question, redirects, new Explanation(question, FromOutside.Enter(scene, question, packet, redirects), null));
        // 2, 3
        var forward = new Wayfarer(scene, masquerades, redirects).Go(start, packet);
        if (forward.Verdict is Verdict.LeavesCluster)
            return Told(scene, question, redirects, new Explanation(question, forward, null));
        if (forward.Verdict is not (Verdict.Delivered or Verdict.NotKnown))
            return Told(scene, question, redirects, new Explanation(question, forward, null) { Expected = Heard(scene, masquerades, redirects, start, forward) });
        // 4
        var reply = new Wayfarer(scene, masquerades, redirects).Go(forward.End!, Reply(question, forward.Packet!));
        if (reply.Verdict == Verdict.Delivered && redirects.Rewrite is { } made && reply.Packet?.Source is { } from && !from.Equals(made.Asked))
            reply = reply with
            {
                Verdict = Verdict.NoWayBack, Why = $"the answer comes from {from}, not from {made.Asked} that was asked: it did not pass {made.Station}, which sent the question on, so the sender does not know it",
                Culprit = made.Station, Fix = $"let answers to {question.Source.Object} pass {made.Station}",
            };
        return Told(scene, question, redirects, new Explanation(question, forward, reply)
        {
            Expected = forward.Verdict == Verdict.NotKnown ? []
                : reply.Verdict is Verdict.Delivered ? [Answer.Answered]
                : reply.Verdict is Verdict.LeavesCluster or Verdict.NotKnown ? [] : [Answer.Silent],
        });
    }

    /// <summary>With what a Service or a host port adds: which endpoint it was, what it sees, and whether the Service itself is to blame.</summary>
    private static Explanation Told(Scene scene, Question question, Redirects redirects, Explanation explanation)
    {
        if ((redirects.Published?.EndPoint ?? redirects.Made?.Backend.EndPoint) is not { } endPoint)
            return explanation;
        var forward = explanation.Forward;
        if (redirects.Made is { } made && forward is { Verdict: Verdict.Refused or Verdict.NotKnown, Culprit: not null, End: { } end })
            forward = new ServiceEndings(scene, made.Port, made.FrontEnd).WrongTarget(forward, made.Backend, end);
        var seen = forward.Packet?.Source;
        return explanation with
        {
            Forward = forward, EndPoint = $"{endPoint}",
            SeenAs = seen is null ? null : question.Source.Address is { } own && seen.Equals(own) ? $"{seen}, the client's own" : $"{seen}",
        };
    }

    /// <summary>An error is told by the station it happened at, if its message finds the way.</summary>
    private static ImmutableArray<Answer> Heard(Scene scene, List<Masquerade> masquerades, Redirects redirects, Station start, Leg forward)
    {
        var here = forward.End is { } at ? redirects.By(at) : null;
        // The kernel looks for the endpoint's route when a SYN of the node's own is on its way already, and forgets what came of it: the sender waits.
        if (here is not null && forward is { Verdict: Verdict.Unreachable, Packet.Transport: Transport.Tcp } && forward.End!.Name == start.Name)
            return [Answer.Silent];
        // A packet may come round to its own sender; only one that never left needs no way back.
        if (forward.End is not { } end || forward.Hops.All(h => h.Where == start.Name) || forward.Told is [Answer.Silent] || forward.Packet is not { Source: { } source } packet)
            return forward.Told;
        // An error about a packet that a Service has sent on comes from the Service's address, as its answers do; a reset comes from the very address that was asked.
        var from = here?.Asked ?? (packet.Transport == Transport.Tcp && forward.Verdict == Verdict.Refused ? packet.Destination : null);
        var back = new Wayfarer(scene, masquerades, redirects).Go(end, new Packet(from, source, Transport.Icmp, 0, SmallPacket) { IsReply = true, MayFragment = !packet.IsV6 });
        if (back.Verdict != Verdict.Delivered)
            return [Answer.Silent];
        // An error is about the packet as it was there. Where two nodes have rewritten it each has to know its own again, and the inner one may not.
        return masquerades.Select(m => m.Station).Append(redirects.Rewrite?.Station).OfType<string>().Distinct().Count() > 1 ? [.. forward.Told, Answer.Silent] : forward.Told;
    }

    private static Packet Reply(Question question, Packet arrived) =>
        // An echo comes back as large as it went, and over IPv4 it may be cut up.
        new(arrived.Destination, arrived.Source!, question.Transport, 0, question.Transport == Transport.Icmp ? arrived.Size : SmallPacket)
        {
            IsReply = true, MayFragment = !arrived.IsV6,
        };
}
