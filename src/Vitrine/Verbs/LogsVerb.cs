using System.CommandLine;
using Vitrine.Clusters;

namespace Vitrine.Verbs;

/// <summary>`vitrine logs [component]`: what a cluster's processes wrote.</summary>
internal static class LogsVerb
{
    public static Command Create()
    {
        var component = new Argument<string?>("COMPONENT") { Description = "supervisor, server, agent-NODE or containerd-NODE; all when left out.", Arity = ArgumentArity.ZeroOrOne };
        var name = VerbOptions.Name();
        var tail = new Option<int>("--tail") { Description = "Lines from the end; -1 for all.", DefaultValueFactory = _ => -1 };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on as lines are written." };
        var command = new Command("logs", "Print what the components of a cluster wrote.") { component, name, tail, follow };
        command.SetAction(async (parse, ct) =>
        {
            var paths = new ClusterPaths(parse.GetValue(name)!);
            var spec = ClusterSpec.Require(paths);
            var files = Files(paths, spec);
            if (parse.GetValue(component) is { } wanted)
            {
                files = files.TryGetValue(wanted, out var one)
                    ? new Dictionary<string, string> { [wanted] = one }
                    : throw new CommandFailure($"the cluster \"{spec.Name}\" has no component \"{wanted}\"", $"the components are: {string.Join(", ", files.Keys)}");
            }

            var arguments = new List<string> { "-q", "-n", parse.GetValue(tail) < 0 ? "+1" : $"{parse.GetValue(tail)}" };
            if (parse.GetValue(follow))
            {
                arguments.Add("-F");
            }

            var present = files.Values.Where(File.Exists).ToArray();
            if (present.Length == 0)
            {
                return 0;
            }

            using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("tail", [.. arguments, .. files.Count > 1 ? ["-v"] : Array.Empty<string>(), .. present]))!;
            await process.WaitForExitAsync(ct);
            return process.ExitCode;
        });
        return command;
    }

    private static Dictionary<string, string> Files(ClusterPaths paths, ClusterSpec spec)
    {
        var files = new[] { ClusterComponents.Supervisor, ClusterComponents.Server }.Concat(spec.Nodes.Select(ClusterComponents.AgentOf)).Concat(spec.Nodes.Select(ClusterComponents.GatewayOf)).ToDictionary(c => c, paths.Log);
        foreach (var node in spec.Nodes)
        {
            files[$"containerd-{node.Name}"] = $"{paths.NodeData(node.Name)}/containerd.log";
        }

        return files;
    }
}
