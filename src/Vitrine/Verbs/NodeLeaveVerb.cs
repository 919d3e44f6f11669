using System.CommandLine;
using Vitrine.Clusters;
using Vitrine.Joining;

namespace Vitrine.Verbs;

/// <summary>`vitrine node leave`: ends what a joined machine runs for its cluster and removes what it keeps; the Node object is the cluster's to delete.</summary>
internal static class NodeLeaveVerb
{
    public static Command Create()
    {
        var data = new Option<string>("--data-dir") { Description = "Durable files of the node.", DefaultValueFactory = _ => JoinedPaths.DefaultData };
        var run = new Option<string>("--run-dir") { Description = "Volatile files of the node.", DefaultValueFactory = _ => JoinedPaths.DefaultRun };
        var command = new Command("leave", "Undo node join: end the node's pods and remove its files from this machine.") { data, run };
        command.SetAction(async (parse, ct) =>
        {
            RootUser.Require("node leave");
            var paths = new JoinedPaths(Path.GetFullPath(parse.GetValue(data)!), Path.GetFullPath(parse.GetValue(run)!));
            if (!Directory.Exists(paths.Data))
            {
                throw new CommandFailure($"this machine has joined no cluster: {paths.Data} is missing", "give the --data-dir of node join");
            }

            var problems = new List<string>();
            var teardown = new Teardown(problems, TimeProvider.System);
            await teardown.EndProcessesAsync(paths.Cgroup, ct);
            teardown.Unmount(paths.Run, paths.Data);
            await teardown.RemoveCgroupsAsync(paths.Cgroup, ct);
            teardown.RemoveFolder(paths.Run);
            teardown.RemoveFolder(paths.Data);
            if (problems.Count > 0)
            {
                throw new CommandFailure($"this machine has left, but this remains:\n  {string.Join("\n  ", problems)}", "run vitrine node leave again");
            }

            Console.WriteLine("This machine has left its cluster. There: kubectl delete node NAME.");
            return 0;
        });
        return command;
    }
}
