using System.CommandLine;
using Vitrine.Clusters;

namespace Vitrine.Verbs;

/// <summary>`vitrine down`: removes a cluster and everything it left on the host.</summary>
internal static class DownVerb
{
    public static Command Create()
    {
        var name = VerbOptions.Name();
        var command = new Command("down", "Remove a cluster and all it left on this machine.") { name };
        command.SetAction(async (parse, ct) =>
        {
            RootUser.Require("down");
            var paths = new ClusterPaths(parse.GetValue(name)!);
            var problems = await new ClusterDown(paths, TimeProvider.System).RunAsync(ct);
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
