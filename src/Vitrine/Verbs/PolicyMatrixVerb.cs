using System.CommandLine;
using System.Text.Json;
using Vitrine.Clusters;
using Vitrine.Explaining;
using Vitrine.Model.Snapshot;
using Vitrine.Reach;

namespace Vitrine.Verbs;

/// <summary>`vitrine policy matrix`: who may talk to whom, as the nodes' plans decide it; of a cluster, or of files.</summary>
internal static class PolicyMatrixVerb
{
    public static Command Create()
    {
        var name = new Option<string>("--name") { Description = "Name of the cluster.", DefaultValueFactory = _ => ClusterSpec.DefaultName };
        var ns = new Option<string?>("--namespace", "-n") { Description = "Only what has an end in this namespace." };
        var output = new Option<string>("--output", "-o") { Description = "Output format; html is one page of its own.", DefaultValueFactory = _ => "table" };
        output.AcceptOnlyFromAmong("table", "json", "html");
        var files = new FileOptions();
        var command = new Command("matrix", "Show who may talk to whom: every pair of workloads and every declared port, judged at both ends.") { name, ns, output };
        files.AddTo(command);
        command.SetAction(async (parse, ct) =>
        {
            var snapshot = files.Given(parse) ? files.Draft(parse, "default").Snapshot : await ListAsync(parse.GetValue(name)!, ct);
            var wanted = parse.GetValue(ns);
            if (wanted is not null && !snapshot.Namespaces.ContainsKey(wanted))
                throw new CommandFailure($"there is no namespace {wanted}", $"there are {string.Join(", ", snapshot.Namespaces.Keys.Order(StringComparer.Ordinal))}");
            var matrix = ReachMatrix.Of(snapshot, wanted);
            if (parse.GetValue(output) == "json")
                Console.WriteLine(JsonSerializer.Serialize(matrix, VerbJson.Default.ReachMatrix));
            else if (parse.GetValue(output) == "html")
                Console.Write(ReachHtml.Write(matrix));
            else
                ReachText.Print(Console.Out, matrix);
        });
        return command;
    }

    private static async Task<ClusterSnapshot> ListAsync(string name, CancellationToken ct)
    {
        RootUser.Require("policy matrix");
        var paths = new ClusterPaths(name);
        var spec = ClusterSpec.Require(paths);
        using var facts = await ClusterFacts.ListAsync(paths, spec, ct);
        return facts.Snapshot;
    }
}
