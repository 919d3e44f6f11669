using System.CommandLine;
using Vitrine.Attaching;
using Vitrine.Joining;

namespace Vitrine.Verbs;

/// <summary>`vitrine node clean`: takes away what `vitrine node --components` left on a node; pods that have their network from it must be gone.</summary>
internal static class NodeCleanVerb
{
    public static Command Create()
    {
        var bin = new Option<string>("--cni-bin-dir") { Description = "Where the runtime looks for plugins.", DefaultValueFactory = _ => AttachedVerbOptions.DefaultBin };
        var conf = new Option<string>("--cni-conf-dir") { Description = "Where it looks for CNI configurations.", DefaultValueFactory = _ => AttachedVerbOptions.DefaultConf };
        var data = new Option<string>("--data-dir") { Description = "Durable files of the node.", DefaultValueFactory = _ => JoinedPaths.DefaultData };
        var run = new Option<string>("--run-dir") { Description = "Volatile files of the node.", DefaultValueFactory = _ => JoinedPaths.DefaultRun };
        var dns = DnsVerbOptions.ClusterDns();
        var root = new Option<string>("--host-root") { Description = "Where the node's own files are, in a pod that has them mounted.", DefaultValueFactory = _ => "" };
        var stay = new Option<bool>("--stay") { Description = "Run on afterwards, as a pod of a DaemonSet must; RUN/ready, of the pod's own files, says that it is done." };
        var command = new Command("clean", "Undo node --components: remove plugin, configuration, tables, routes and addresses from this node.") { bin, conf, data, run, dns, root, stay };
        command.SetAction(async (parse, ct) =>
        {
            RootUser.Require("node clean");
            var problems = new List<string>();
            foreach (var what in NodeCleaning.Run(parse.GetValue(root)!, parse.GetValue(bin)!, parse.GetValue(conf)!, parse.GetValue(data)!, parse.GetValue(run)!, DnsVerbOptions.Addresses(parse.GetValue(dns)), problems))
            {
                Console.WriteLine($"removed {what}");
            }

            if (problems.Count > 0)
            {
                throw new CommandFailure($"this node is clean but for\n  {string.Join("\n  ", problems)}", "run vitrine node clean again");
            }

            if (parse.GetValue(stay))
            {
                Directory.CreateDirectory(parse.GetValue(run)!);
                using var ready = new ReadyFile(parse.GetValue(run)!);
                ready.Write();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct).ContinueWith(_ => { }, TaskScheduler.Default);
            }

            return 0;
        });
        return command;
    }
}
