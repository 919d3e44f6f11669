using System.CommandLine;
using Vitrine.Clusters;

namespace Vitrine.Verbs;

/// <summary>`vitrine kubeconfig`: prints the administrator's kubeconfig of a cluster, or merges it into a file.</summary>
internal static class KubeconfigVerb
{
    public static Command Create()
    {
        var name = VerbOptions.Name();
        var merge = new Option<string?>("--merge") { Description = "Merge into this kubeconfig file instead of printing." };
        var command = new Command("kubeconfig", "Print the kubeconfig of a cluster.") { name, merge };
        command.SetAction(parse =>
        {
            var paths = new ClusterPaths(parse.GetValue(name)!);
            var spec = ClusterSpec.Require(paths);
            var text = File.ReadAllText(paths.Kubeconfig("admin"));
            if (parse.GetValue(merge) is { } file)
            {
                KubeconfigFile.Merge(Path.GetFullPath(file), text, spec.Context);
                Console.WriteLine($"The context \"{spec.Context}\" is now current in {file}.");
            }
            else
            {
                Console.Write(text);
            }

            return 0;
        });
        return command;
    }
}
