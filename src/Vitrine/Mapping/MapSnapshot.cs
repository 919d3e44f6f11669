using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using Vitrine.Clusters;
using Vitrine.Explaining;
using Vitrine.Reach;
using Vitrine.Verbs;

namespace Vitrine.Mapping;

/// <summary>All that a page shows of one moment: {cluster, taken, lists, matrix, stations, answers}, each part as the map's server sends it.</summary>
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
        using var api = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(paths.Kubeconfig("admin")));
        using var facts = await ClusterFacts.ListAsync(paths, spec, ct);
        var lists = new JsonArray();
        foreach (var kind in DrawnKind.All)
            if (await ObjectStream.ListAsync(api, kind, ct) is { } list)
                lists.Add((JsonNode)list);
        var stations = new JsonArray();
        foreach (var name in spec.Nodes.Select(n => $"node/{n.Name}").Append("host").Concat(facts.Snapshot.Pods.Values.Where(p => p is { HostNetwork: false, NodeName: not null, Finished: false }).Take(MostPods).Select(p => $"pod/{p.Key}")))
            if (facts.Station(name) is { } station)
                stations.Add(JsonSerializer.SerializeToNode(StationReport.Of(station), MapJson.Default.StationReport));
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
            var report = await Explainer.AnswerAsync(async stop => await ClusterFacts.ListAsync(paths, spec, stop), new AskedQuestion(from, PlaceText.Parse(to), new WebQuestion("GET", []), "default"), probe: true, ct);
            answers.Add((JsonNode)new JsonObject { ["from"] = from, ["to"] = to, ["report"] = JsonSerializer.SerializeToNode(report, VerbJson.Default.ExplainReport) });
        }
        return new JsonObject
        {
            ["cluster"] = spec.Name, ["taken"] = now.ToString("O", CultureInfo.InvariantCulture), ["lists"] = lists,
            ["matrix"] = JsonSerializer.SerializeToNode(ReachMatrix.Of(facts.Snapshot, null), VerbJson.Default.ReachMatrix), ["stations"] = stations, ["answers"] = answers,
        };
    }
}
