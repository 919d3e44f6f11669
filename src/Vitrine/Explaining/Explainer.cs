using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Dataplane.Explain;
using Vitrine.Model.Explain;
using Vitrine.Model.Explain.Services;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Dns;

namespace Vitrine.Explaining;

/// <summary>Puts questions to a cluster: 1. finds both ends, 2. walks, 3. sends a real packet if it may, and compares.</summary>
internal sealed class Explainer(IFacts facts)
{
    private readonly DnsPlan zone = DnsPlan.Compile(facts.Snapshot, facts.Domain, [.. facts.DnsAddresses]);
    private GatewayFacts? gateway;

    /// <summary>As the verb and the map ask: a disagreement is told only when it shows twice, since the cluster may have changed between the reading and the packet.</summary>
    /// <exception cref="CommandFailure">the question cannot be put</exception>
    public static async Task<ExplainReport> AnswerAsync(Func<CancellationToken, Task<IFacts>> open, AskedQuestion asked, bool probe, CancellationToken ct)
    {
        var report = await AskAsync(open, asked, probe, ct);
        return report.Disagreements.Count > 0 ? await AskAsync(open, asked, probe: true, ct) : report;
    }

    /// <exception cref="CommandFailure">the question cannot be put</exception>
    public static async Task<ExplainReport> AskAsync(Func<CancellationToken, Task<IFacts>> open, AskedQuestion asked, bool probe, CancellationToken ct)
    {
        using var facts = await open(ct);
        return await new Explainer(facts).AskAsync(asked, probe, ct);
    }

    /// <summary>Of what was read when the facts were, or since for the first time: many questions see one moment.</summary>
    /// <exception cref="CommandFailure">the question cannot be put</exception>
    public async Task<ExplainReport> AskAsync(AskedQuestion asked, bool probe, CancellationToken ct) => facts.Complete(await ReportAsync(asked, probe, ct));

    private async Task<ExplainReport> ReportAsync(AskedQuestion asked, bool probe, CancellationToken ct)
    {
        var (source, destination, web, ns, family, size) = asked;
        var finder = new PlaceFinder(facts.Snapshot, facts.Workloads, facts.HostAddresses, ns,
            (asker, wanted, preferred) => NameWalk.Resolve(new Scene(facts.Snapshot, ImmutableDictionary<string, RoutePlan>.Empty, Observations.None), zone, [.. facts.DnsAddresses], asker, facts.Resolver(asker), wanted, preferred));
        var (from, to) = finder.Find(source, destination, family);
        var request = web.Of(destination.Url);
        var explainer = request is null ? null : new WebExplainer(facts, gateway ??= await facts.GatewayAsync(ct), request);
        if (to.Naming is { Failure: not null } && explainer?.Door(from, to) is { } door)
            (from, to) = (finder.Find(source, PlaceText.Parse($"{new IPEndPoint(door.Place.Address!, door.Port)}"), family).Source, door);
        var scene = facts.Read(from, to.Place, to.Port);
        var asking = to.Naming is { } lookup ? NameQuestion.Of(facts, scene, finder, source, from, lookup) : null;
        if (asking is { IsStopped: true })
        {
            var silence = probe ? await Observer.ObserveAsync(facts, scene, asking.Explanation, TimeProvider.System) : null;
            return ExplainReport.Of(asking.Explanation, silence, silence is null ? [] : Disagreements(asking.Explanation, silence)) with
            {
                Destination = to.Place.Object, DestinationAddress = null, Protocol = to.Transport.ToString().ToLowerInvariant(), Port = to.Port == 0 ? null : to.Port,
            };
        }
        var question = new Question(from, to.Place, to.Transport, to.Port, size);
        if (to.Naming is { Failure: { } nameless } naming)
        {
            var unnamed = ExplainReport.Of(new Explanation(question, nameless with { Hops = naming.Hops }, null), null, []);
            return explainer?.WithoutDoor() is { } idle ? unnamed.With(idle, null) : unnamed;
        }
        var explanation = PacketWalk.Explain(scene, question) with { Naming = to.Naming is { } name ? asking?.Told(name) ?? name.Hops : [] };
        var observed = probe ? await Observer.ObserveAsync(facts, scene, explanation, TimeProvider.System) : null;
        var report = ExplainReport.Of(explanation, observed, observed is null ? [] : Disagreements(explanation, observed));
        if (explainer?.Explain(scene, explanation) is not { } told)
            return report;
        var answer = probe && to.Place.Address is { } address && facts.Namespace(scene.StationOf(from)) is { } netns ? await WebProbe.SendAsync(netns, address, request!) : null;
        return report.With(told, answer);
    }

    private static List<string> Disagreements(Explanation explanation, Observed observed)
    {
        var found = new List<string>(observed.Contradictions);
        // Of a Service's ways the one that the connection took is to be compared, when it was seen to take one.
        explanation = explanation.To(observed.EndPoint);
        if (!Probe.Agrees(explanation, observed.Answer, observed.Arrived))
            found.Add($"predicted {explanation.Verdict}, so the sender should hear {string.Join(" or ", explanation.Expected)}; it heard {observed.Answer}{(observed.Error is null ? "" : $" ({observed.Error})")}");
        if (observed.Arrived is { } arrived && explanation.Forward.Verdict is not (Verdict.NotKnown or Verdict.LeavesCluster) && arrived != (explanation.Forward.Verdict is Verdict.Delivered or Verdict.Refused))
            found.Add($"predicted that the packet {(arrived ? "does not arrive" : "arrives")}; {(arrived ? "it was seen to arrive" : "nobody saw it arrive")} at {explanation.Question.Destination.Object}");
        return found;
    }
}
