using System.CommandLine;
using System.Runtime.InteropServices;
using Vitrine.Clusters;
using Vitrine.Linux.Interop;
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
            using var logs = ComponentLogs.Create();
            var loop = new SuperviseLoop(() => new ClusterComponents(paths, ClusterSpec.Require(paths)).Supervised(), logs.CreateLogger("supervisor"), TimeProvider.System);
            using var again = PosixSignalRegistration.Create((PosixSignal)Signal.User1, signal =>
            {
                signal.Cancel = true;
                loop.Reload();
            });
            await loop.RunAsync(ct);
            return 0;
        });
        return command;
    }
}
