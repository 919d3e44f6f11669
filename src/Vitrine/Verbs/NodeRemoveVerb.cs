using System.CommandLine;
using Vitrine.Clusters;

namespace Vitrine.Verbs;

/// <summary>`vitrine node remove NAME` and `vitrine node stop NAME`: a node goes for good, or loses its power until `start`.</summary>
internal static class NodeRemoveVerb
{
    public static Command Create() => Create("remove", "Remove a node and its Node object; drain it first to move its pods gently.", (nodes, name, ct) => nodes.RemoveAsync(name, ct), "is gone");

    public static Command CreateStop() => Create("stop", "Switch a node off as if its power failed.", (nodes, name, ct) => nodes.StopAsync(name, ct), "is off");

    private static Command Create(string verb, string description, Func<ClusterNodes, string, CancellationToken, Task<IReadOnlyList<string>>> change, string done)
    {
        var node = VerbOptions.Node();
        var name = VerbOptions.Name();
        var command = new Command(verb, description) { node, name };
        command.SetAction(async (parse, ct) =>
        {
            RootUser.Require($"node {verb}");
            var problems = await change(new ClusterNodes(new ClusterPaths(parse.GetValue(name)!), TimeProvider.System), parse.GetRequiredValue(node), ct);
            if (problems.Count > 0)
            {
                throw new CommandFailure(
                    $"node {parse.GetRequiredValue(node)} {done}, but this is left:\n  {string.Join("\n  ", problems)}", $"vitrine down --name {parse.GetValue(name)} clears all of it");
            }

            Console.WriteLine($"Node {parse.GetRequiredValue(node)} {done}.");
            return 0;
        });
        return command;
    }
}
