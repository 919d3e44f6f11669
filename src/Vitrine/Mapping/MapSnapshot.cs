using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.Clusters;
using Vitrine.Dataplane.Explain;
using Vitrine.Explaining;
using Vitrine.Reach;
using Vitrine.Verbs;

namespace Vitrine.Mapping;

/// <summary>All that a page shows of one moment: {cluster, taken, lists, matrix, ways, stations, answers}, each part as the map's server sends it, of one revision of the store.</summary>
internal static class MapSnapshot
{
    // Finding a pod's namespace looks at every process of the machine.
    private const int MostPods = 100;

    /// <param name="paths">of the cluster</param>
    /// <param name="spec">likewise</param>
    /// <param name="questions">"SRC DST", answered without sending anything</param>
    /// <param name="now">when</param>
    /// <param name="ct">ends it</param>
    public static async Task<JsonObject> TakeAsync(ClusterPaths paths, ClusterSpec spec, IReadOnlyList<string> questions, DateTimeOffset now, CancellationToken ct)
    {
        var moment = await OneMoment.NowAsync(paths.Kubeconfig("admin"), ct);
        using var api = moment.Client(paths.Kubeconfig("admin"));
        using var facts = await ClusterFacts.ListAsync(paths, spec, ct, moment);
        var lists = new JsonArray();
        foreach (var kind in DrawnKind.All)
            if (await ObjectStream.ListAsync(api, kind, ct) is { } list)
                lists.Add((JsonNode)list);
        var (stations, ways) = (new JsonArray(), new JsonArray());
        foreach (var name in spec.Nodes.Select(n => $"node/{n.Name}").Append("host").Concat(facts.Snapshot.Pods.Values.Where(p => p is { HostNetwork: false, NodeName: not null, Finished: false }).Take(MostPods).Select(p => $"pod/{p.Key}")))
            if (StationReport.Read(facts, name) is { } station)
                stations.Add(JsonSerializer.SerializeToNode(station, MapJson.Default.StationReport));
        foreach (var node in spec.Nodes)
            if (facts.Namespace($"node/{node.Name}") is { } netns)
                foreach (var way in NodeWay.Of(facts.Snapshot, node.Name, StationReader.Links(netns)))
                    ways.Add(JsonSerializer.SerializeToNode(way, MapJson.Default.NodeWay));
        var answers = new JsonArray();
        foreach (var question in questions)
        {
            var ends = question.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var (from, to) = ends switch
            {
                [var one] => ("host", one),
                [var one, var other] => (one, other),
                _ => throw new CommandFailure($"\"{question}\" is no question", "write it as in --explain 'pod/client svc/web'"),
            };
            var report = await Explainer.AnswerAsync(_ => Task.FromResult<IFacts>(facts.Again()), new AskedQuestion(from, PlaceText.Parse(to), new WebQuestion("GET", []), "default"), probe: true, ct);
            answers.Add((JsonNode)new JsonObject { ["from"] = from, ["to"] = to, ["report"] = JsonSerializer.SerializeToNode(report, VerbJson.Default.ExplainReport) });
        }
        return new JsonObject
        {
            ["cluster"] = spec.Name, ["taken"] = now.ToString("O", CultureInfo.InvariantCulture), ["lists"] = lists,
            ["matrix"] = JsonSerializer.SerializeToNode(ReachMatrix.Of(facts.Snapshot, null), VerbJson.Default.ReachMatrix), ["ways"] = ways, ["stations"] = stations, ["answers"] = answers,
        };
    }
}
