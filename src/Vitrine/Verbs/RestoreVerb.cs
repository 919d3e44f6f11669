using System.CommandLine;
using Vitrine.ApiServer.Store;
using Vitrine.Clusters;

namespace Vitrine.Verbs;

/// <summary>`vitrine restore FILE`: the objects of a backup into a cluster that does not run, or is yet to be made.</summary>
internal static class RestoreVerb
{
    public static Command Create()
    {
        var name = VerbOptions.Name();
        var file = new Argument<string>("FILE") { Description = "What vitrine backup wrote." };
        var command = new Command("restore", "Put a backup into a cluster that is stopped or new; then: vitrine up.") { file, name };
        command.SetAction(parse =>
        {
            RootUser.Require("restore");
            var paths = new ClusterPaths(parse.GetValue(name)!);
            if (Supervisor.IsRunning(paths))
            {
                throw new CommandFailure($"the cluster \"{paths.Name}\" is running", $"vitrine down --name {paths.Name} removes it; then restore, then vitrine up");
            }

            var source = Path.GetFullPath(parse.GetValue(file)!);
            try
            {
                var count = StoreRestore.Run(source, paths.ServerData);
                Console.WriteLine($"{count} objects of {source} are the cluster \"{paths.Name}\" from its next start: vitrine up --name {paths.Name}");
                return 0;
            }
            catch (IOException e)
            {
                throw new CommandFailure($"cannot restore: {e.Message}");
            }
        });
        return command;
    }
}
