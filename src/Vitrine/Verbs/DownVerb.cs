using System.CommandLine;
using Vitrine.Clusters;

namespace Vitrine.Verbs;

/// <summary>`vitrine down`: removes a cluster and everything it left on the host.</summary>
internal static class DownVerb
{
    public static Command Create()
    {
        var name = VerbOptions.Name();
        var grace = new Option<int>("--grace") { Description = "Seconds the nodes' pods may take to end in good order, by priority; 0 ends them at once." };
        var command = new Command("down", "Remove a cluster and all it left on this machine.") { name, grace };
        command.SetAction(async (parse, ct) =>
        {
            RootUser.Require("down");
            var paths = new ClusterPaths(parse.GetValue(name)!);
            var problems = await new ClusterDown(paths, TimeProvider.System, TimeSpan.FromSeconds(parse.GetValue(grace))).RunAsync(ct);
            if (problems.Count > 0)
            {
                throw new CommandFailure(
                    $"cluster \"{paths.Name}\" is down, but this is left:\n  {string.Join("\n  ", problems)}", $"run vitrine down --name {paths.Name} again");
            }

            Console.WriteLine($"Cluster \"{paths.Name}\" is gone.");
            return 0;
        });
        return command;
    }
}
