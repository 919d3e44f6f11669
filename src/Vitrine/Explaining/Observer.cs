using Vitrine.Dataplane.Explain;
using Vitrine.Linux.Interop;
using Vitrine.Model.Explain;

namespace Vitrine.Explaining;

/// <summary>Sends one real packet, with witnesses on its way, and asks every kernel on it for its route.</summary>
internal static class Observer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    /// <summary>Null when there is nobody to send from, or nothing to send.</summary>
    public static async Task<Observed?> ObserveAsync(ClusterFacts facts, Scene scene, Explanation explanation, TimeProvider time)
    {
        var question = explanation.Question;
        if (explanation.Verdict == Verdict.NotRunning || question.Destination.Address is null || facts.Namespace(StationOf(scene, question.Source)) is not { } from)
            return null;
        var contradictions = RouteCheck.Contradictions(explanation.Forward, question, s => facts.Namespace(s));
        var witnesses = new Dictionary<string, Witness>();
        try
        {
            var end = StationOf(scene, question.Destination);
            foreach (var station in explanation.Forward.Hops.Where(h => !h.InTunnel && h.Where != Place.Host).Select(h => h.Where).Append(end).Distinct())
                if (facts.Namespace(station) is { } netns && station != Place.Host && question.Transport != Transport.Sctp)
                    witnesses[station] = Witness.Stand(netns, question, traced: new Place(station, null).NodeName is not null);
            if (await Probe.SendAsync(question, from, Patience, time) is not { } outcome)
                return null;
            return new Observed(Probe.Answer(outcome), outcome.Error, witnesses.TryGetValue(end, out var last) ? last.Count().Taken > 0 : null,
                [.. witnesses.Where(w => new Place(w.Key, null).NodeName is not null).SelectMany(w => w.Value.Rules().Select(r => $"{w.Key}: {r}"))], contradictions);
        }
        catch (LinuxException e)
        {
            throw new CommandFailure($"observing failed: {e.Message}", "vitrine explain --no-probe predicts without sending anything");
        }
        finally
        {
            foreach (var witness in witnesses.Values)
                witness.Dispose();
        }
    }

    private static string StationOf(Scene scene, Place place) =>
        place.PodKey is { } key && scene.Snapshot.Pods.TryGetValue(key, out var pod) ? scene.StationOf(pod) : place.Object;
}
