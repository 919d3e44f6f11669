using Vitrine.Linux.Interop;
using Vitrine.Supervision;

namespace Vitrine.Clusters;

/// <summary>The cluster's supervisor as other commands see it.</summary>
internal static class Supervisor
{
    public static bool IsRunning(ClusterPaths paths) => ProcessFile.Read(paths.Pid(ClusterComponents.Supervisor)) is { IsAlive: true };

    /// <summary>Has it read the cluster's spec again. By SIGUSR1: whoever is started by nohup(1), and so a supervisor whose `up` was, never hears a SIGHUP.</summary>
    public static void Reload(ClusterPaths paths)
    {
        if (ProcessFile.Read(paths.Pid(ClusterComponents.Supervisor)) is { } supervisor)
        {
            Processes.Kill(supervisor.Pid, supervisor.StartTime, Signal.User1);
        }
    }
}
