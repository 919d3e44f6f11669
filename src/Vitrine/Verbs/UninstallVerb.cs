using System.CommandLine;
using Vitrine.Attaching;
using Vitrine.Control.Api;
using Vitrine.Installing;

namespace Vitrine.Verbs;

/// <summary>`vitrine uninstall`: takes off a cluster what `vitrine install` put there, what it wrote, and what it made on every node.</summary>
internal static class UninstallVerb
{
    public static Command Create()
    {
        var kubeconfig = new Option<string>("--kubeconfig") { Description = "Kubeconfig of the cluster, of somebody who may remove all of it.", Required = true };
        var ns = new Option<string>("--namespace") { Description = "Where it is installed.", DefaultValueFactory = _ => Chart.Values()["namespace"] };
        var dry = new Option<bool>("--dry-run") { Description = "Print what would be removed, and remove nothing." };
        var force = new Option<bool>("--force") { Description = "Also while pods have their network from it, and although a node does not get clean." };
        var timeout = new Option<int>("--timeout") { Description = "Seconds all nodes together may take to be cleaned.", DefaultValueFactory = _ => 180 };
        var command = new Command("uninstall", "Remove Vitrine from a cluster that others run: from its API and from every node.") { kubeconfig, ns, dry, force, timeout };
        command.SetAction(async (parse, ct) =>
        {
            var cluster = parse.GetRequiredValue(kubeconfig);
            var values = Chart.Values().With([.. await TargetCluster.AskAsync(cluster, ct), new("namespace", parse.GetValue(ns)!)]);
            using var client = ApiAccess.Connect(ApiAccess.Read(cluster, null));
            var run = new Uninstallation(new ApiClient(client), parse.GetValue(ns)!, Console.WriteLine, TimeProvider.System)
            {
                DryRun = parse.GetValue(dry), Force = parse.GetValue(force), Patience = TimeSpan.FromSeconds(parse.GetValue(timeout)),
            };
            try
            {
                await run.RunAsync(Chart.Render(Chart.Template(), values), ct);
            }
            catch (HttpRequestException e)
            {
                throw new CommandFailure($"the API server refuses or is away: {e.Message}", "run vitrine uninstall again; it goes on where it stopped");
            }

            return 0;
        });
        return command;
    }
}
