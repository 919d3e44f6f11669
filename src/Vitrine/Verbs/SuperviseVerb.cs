using System.CommandLine;
using Vitrine.Clusters;
using Vitrine.Supervision;

namespace Vitrine.Verbs;

/// <summary>`vitrine supervise`: what `up` leaves behind to keep a cluster's components running.</summary>
internal static class SuperviseVerb
{
    public static Command Create()
    {
        var name = VerbOptions.Name();
        var command = new Command("supervise", "Keep the components of a cluster running (started by up).") { name };
        command.Hidden = true;
        command.SetAction(async (parse, ct) =>
        {
            var paths = new ClusterPaths(parse.GetValue(name)!);
            var spec = ClusterSpec.Require(paths);
            using var logs = ComponentLogs.Create();
            await new SuperviseLoop(new ClusterComponents(paths, spec).Supervised(), logs.CreateLogger("supervisor"), TimeProvider.System).RunAsync(ct);
            return 0;
        });
        return command;
    }
}
