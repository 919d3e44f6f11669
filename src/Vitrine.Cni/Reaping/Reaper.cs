using System.Text;
using Vitrine.Cni.Ipam;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;

namespace Vitrine.Cni.Reaping;

/// <summary>
/// The short-lived process that finishes DELs after they returned. Two locks make one reaper do the work of many:
/// <code>
/// DEL retires its link ─ takes <c>reap.pending</c> ─ hands it to a new reaper ─ returns
///                        └ taken: a reaper is about to look; it will see this link too
/// reaper waits for <c>reap.running</c> ─ lets go of <c>reap.pending</c> ─ sweeps
/// </code>
/// A killed reaper loses nothing: locks end with it, and the next DEL's reaper, GC, or an ADD that finds no address sweeps the same group.
/// </summary>
internal static class Reaper
{
    internal const string Command = "reap";
    private const int PendingFd = 3;

    internal static void Start(RtnetlinkSocket host, string networkDirectory)
    {
        StateDirectory.CreateIfMissing(networkDirectory);
        using var pending = FileLock.TryAcquire(networkDirectory + "/reap.pending");
        if (pending is null)
            return;
        try
        {
            DetachedProcess.Start("/proc/self/exe", [.. OwnCommandLine(), Command, networkDirectory], pending);
        }
        catch (LinuxException)
        {
            // No process to be had: do it here, slowly, rather than not at all.
            Sweep.Run(host, networkDirectory);
        }
    }

    internal static int Run(string networkDirectory)
    {
        using var pending = FileLock.Inherited(PendingFd);
        using var running = FileLock.Acquire(networkDirectory + "/reap.running");
        pending.Dispose();
        using var host = RtnetlinkSocket.Open();
        Sweep.Run(host, networkDirectory);
        return 0;
    }

    /// <summary>A plugin has no arguments of its own; but under <c>dotnet vitrine-cni.dll</c> the assembly is one.</summary>
    private static IEnumerable<string> OwnCommandLine()
    {
        using var file = FileHandle.Open("/proc/self/cmdline", OpenFlags.ReadOnly);
        return Encoding.UTF8.GetString(file.ReadToEnd(128 * 1024)).Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }
}
