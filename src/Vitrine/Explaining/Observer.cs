using System.Net;
using Vitrine.Dataplane.Explain;
using Vitrine.Dataplane.Probes;
using Vitrine.Linux.Interop;
using Vitrine.Model.Explain;

namespace Vitrine.Explaining;

/// <summary>Sends one real packet, with witnesses on its way, and asks every kernel on it for its route.</summary>
internal static class Observer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    /// <summary>Null when there is nobody to send from, or nothing to send.</summary>
    public static async Task<Observed?> ObserveAsync(IFacts facts, Scene scene, Explanation explanation, TimeProvider time)
    {
        var question = explanation.Question;
        if (explanation.Verdict == Verdict.NotRunning || question.Destination.Address is null || facts.Namespace(scene.StationOf(question.Source)) is not { } from)
            return null;
        var mark = Probe.MarkOf(question, from);
        var contradictions = RouteCheck.Contradictions(explanation.Forward, s => facts.Namespace(s));
        var witnesses = new Dictionary<string, Witness>();
        // Where it may be taken in: at its destination, or at the endpoints of a Service.
        var ends = new List<(string? EndPoint, string Station, Witness Witness)>();
        try
        {
            foreach (var station in explanation.Forward.Hops.Where(h => !h.InTunnel && new Place(h.Where, null).NodeName is not null).Select(h => h.Where).Distinct())
                if (facts.Namespace(station) is { } netns && question.Transport != Transport.Sctp)
                    witnesses[station] = Witness.Stand(netns, question, mark, traced: true);
            foreach (var walk in explanation.Others.Prepend(explanation))
                if (question.Transport != Transport.Sctp && EndOf(scene, walk) is { } end && end.Station != Place.Host && facts.Namespace(end.Station) is { } netns)
                    ends.Add((walk.EndPoint, end.Station, Witness.Stand(netns, end.Question, mark, traced: false)));
            if (await Probe.SendAsync(question, from, Patience, time, mark) is not { } outcome)
                return null;
            var taken = ends.Find(e => e.Witness.Count().Ours > 0);
            // Somebody on its way may have given it another mark; that it was taken in, its answer says.
            if (taken.Station is null && outcome.Answer is ProbeAnswer.Answered or ProbeAnswer.Refused)
                taken = ends.Find(e => e.Witness.Count().Anybodys > 0);
            return new Observed(Probe.Answer(outcome), outcome.Error, ends.Count > 0 ? taken.Station is not null : null, taken.EndPoint,
                [.. witnesses.SelectMany(w => w.Value.Rules().Select(r => $"{w.Key}: {r}"))], contradictions);
        }
        catch (LinuxException e)
        {
            throw new CommandFailure($"observing failed: {e.Message}", "vitrine explain --no-probe predicts without sending anything");
        }
        finally
        {
            foreach (var witness in witnesses.Values.Concat(ends.Select(e => e.Witness)))
                witness.Dispose();
        }
    }

    /// <summary>Where a walk's packet is taken in, and what it looks like there; null where a Service ends it.</summary>
    private static (string Station, Question Question)? EndOf(Scene scene, Explanation walk)
    {
        if (walk.EndPoint is null)
            return walk.Question.Destination.ServiceKey is null ? (scene.StationOf(walk.Question.Destination), walk.Question) : null;
        var to = IPEndPoint.Parse(walk.EndPoint);
        var pod = scene.PodAt(to.Address);
        var node = scene.Snapshot.Nodes.Values.FirstOrDefault(n => n.Addresses.Contains(to.Address));
        var place = pod is not null ? new Place(Place.Pod(pod.Key), to.Address) : new Place(node is null ? $"{to.Address}" : Place.Node(node.Name), to.Address);
        // Whoever sends may be seen under another address.
        return (scene.StationOf(place), walk.Question with { Source = new Place(walk.Question.Source.Object, null), Destination = place, Port = to.Port });
    }
}
