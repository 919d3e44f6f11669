using System.CommandLine;
using Vitrine.Clusters;

namespace Vitrine.Verbs;

/// <summary>`vitrine node add NAME` and `vitrine node start NAME`: a node more in a running cluster, new or switched on again.</summary>
internal static class NodeAddVerb
{
    public static Command Create() => Create("add", "Add a node to a running cluster.", (nodes, name) => nodes.Add(name), "joined");

    public static Command CreateStart() => Create("start", "Switch a stopped node on again.", (nodes, name) => nodes.Start(name), "is back");

    private static Command Create(string verb, string description, Func<ClusterNodes, string, IReadOnlyList<UpStep>> change, string done)
    {
        var node = VerbOptions.Node();
        var name = VerbOptions.Name();
        var command = new Command(verb, description) { node, name };
        command.SetAction(async (parse, ct) =>
        {
            RootUser.Require($"node {verb}");
            var paths = new ClusterPaths(parse.GetValue(name)!);
            await StepPrinter.RunAsync(change(new ClusterNodes(paths, TimeProvider.System), ClusterSpec.RequireNodeName(parse.GetRequiredValue(node))), quiet: false, ct);
            Console.WriteLine($"Node {parse.GetRequiredValue(node)} {done}.");
            return 0;
        });
        return command;
    }
}
