using System.CommandLine;
using System.Text.Json;
using Vitrine.Clusters;
using Vitrine.Dataplane;

namespace Vitrine.Verbs;

/// <summary>`vitrine policy drops`: how much each policy did not let through, node by node, since the node's table was made.</summary>
internal static class PolicyDropsVerb
{
    public static Command Create()
    {
        var name = VerbOptions.Name();
        var node = NodeChoice.Option();
        var output = VerbOptions.Output();
        var command = new Command("drops", "Show how many packets each policy dropped; one that several policies could have let through counts for each.") { name, node, output };
        command.SetAction(parse =>
        {
            RootUser.Require("policy drops");
            var paths = new ClusterPaths(parse.GetValue(name)!);
            var spec = ClusterSpec.Require(paths);
            IReadOnlyList<NodeDrops> drops = [.. NodeChoice.Of(spec, parse.GetValue(node)).SelectMany(n => Read(paths, spec, n))];
            if (parse.GetValue(output) == "json")
                Console.WriteLine(JsonSerializer.Serialize(drops, VerbJson.Default.IReadOnlyListNodeDrops));
            else
                Print(drops);
        });
        return command;
    }

    private static IEnumerable<NodeDrops> Read(ClusterPaths paths, ClusterSpec spec, NodeSpec node)
    {
        using var netns = NodeChoice.Network(paths, spec, node);
        var drops = PolicyTables.Drops(netns) ?? throw new CommandFailure($"node {node.Name} has no policy table", $"is its agent running? vitrine status --name {spec.Name}");
        return drops.Select(d => new NodeDrops(node.Name, d.Policy, d.Direction, d.Packets, d.Bytes));
    }

    private static void Print(IReadOnlyList<NodeDrops> drops)
    {
        var table = new TextTable("NODE", "POLICY", "DIRECTION", "PACKETS", "BYTES");
        foreach (var d in drops)
            table.Add(d.Node, d.Policy ?? "(pods not known yet)", d.Direction ?? "", $"{d.Packets}", $"{d.Bytes}");
        table.Print(Console.Out);
    }
}
