using System.CommandLine;
using System.Text.Json;
using Vitrine.Clusters;

namespace Vitrine.Verbs;

/// <summary>`vitrine status`: the clusters of this machine and their processes. Exit code 1 when the cluster asked for is not ready.</summary>
internal static class StatusVerb
{
    public static Command Create()
    {
        var name = VerbOptions.Name();
        var all = new Option<bool>("--all", "-A") { Description = "Every cluster of this machine." };
        var output = VerbOptions.Output();
        var command = new Command("status", "Show a cluster's components, their memory and addresses.") { name, all, output };
        command.SetAction(async (parse, ct) =>
        {
            RootUser.Require("status");
            var wanted = parse.GetValue(all) ? ClusterPaths.All() : [parse.GetValue(name)!];
            var found = new List<ClusterStatus>();
            foreach (var paths in wanted.Select(n => new ClusterPaths(n)))
            {
                found.Add(await ClusterStatus.ReadAsync(paths, ClusterSpec.Require(paths), ct));
            }

            if (parse.GetValue(output) == "json")
            {
                Console.WriteLine(JsonSerializer.Serialize(found, VerbJson.Default.IReadOnlyListClusterStatus));
            }
            else
            {
                found.ForEach(Print);
            }

            return found.All(c => c.Ready) ? 0 : 1;
        });
        return command;
    }

    private static void Print(ClusterStatus cluster)
    {
        Console.WriteLine($"Cluster \"{cluster.Name}\": {(cluster.Ready ? "ready" : "not ready")}, context {cluster.Context}");
        Console.WriteLine($"  pods {Join(cluster.PodCidrs)}; Services {Join(cluster.ServiceCidrs)}; nodes {Join(cluster.NodeCidrs)}");
        var table = new TextTable("COMPONENT", "STATE", "PID", "RSS", "PSS", "ADDRESS", "VERSION");
        foreach (var c in cluster.Components)
        {
            table.Add(c.Name, c.State, $"{c.Pid}", Megabytes(c.Rss), Megabytes(c.Pss), c.Address ?? "", c.Version ?? "");
        }

        table.Print(Console.Out);
    }

    private static string Join(IEnumerable<string> cidrs) => string.Join(" and ", cidrs);

    private static string Megabytes(long bytes) => bytes == 0 ? "" : $"{bytes / 1048576.0:0.0} MB";
}
