using Vitrine.Linux.Interop;
using Vitrine.Supervision;

namespace Vitrine.Clusters;

/// <summary>The steps by which a cluster, or one node of it, goes: each goes on past what fails and adds it to the problems.</summary>
internal sealed class Teardown(List<string> problems, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Kills every process of a cgroup and of all below it.</summary>
    public async Task EndProcessesAsync(string cgroup, CancellationToken ct)
    {
        for (var began = time.GetTimestamp(); Cgroups.Processes(cgroup) is { Count: > 0 } left; await Task.Delay(TimeSpan.FromMilliseconds(10), time, ct))
        {
            if (time.GetElapsedTime(began) > Patience)
            {
                problems.Add($"processes that do not end: {string.Join(", ", left)}");
                return;
            }

            foreach (var pid in left)
            {
                // Found in our cgroup this instant; its start time guards against the number being re-used meanwhile.
                if (ProcessFile.Of(pid) is { } process)
                {
                    Processes.Kill(process.Pid, process.StartTime, Signal.Kill);
                }
            }
        }
    }

    /// <summary>Unmounts the paths and all below them, newest first.</summary>
    public void Unmount(params string[] paths)
    {
        foreach (var mount in Mounts.List().Reverse().Where(m => paths.Any(p => m.MountPoint == p || m.MountPoint.StartsWith(p + "/", StringComparison.Ordinal))))
        {
            Try(() => Mounts.TryUnmount(mount.MountPoint, lazy: true), $"mount {mount.MountPoint}");
        }
    }

    public async Task RemoveCgroupsAsync(string cgroup, CancellationToken ct)
    {
        // The kernel lets go of a cgroup a moment after its last process; EBUSY until then.
        for (var began = time.GetTimestamp(); Cgroups.Remove(cgroup) is { Count: > 0 } left; await Task.Delay(TimeSpan.FromMilliseconds(20), time, ct))
        {
            if (time.GetElapsedTime(began) > Patience)
            {
                problems.AddRange(left.Select(c => $"cgroup {c}"));
                return;
            }
        }
    }

    public void RemoveFolder(string folder) => Try(
        () =>
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        },
        folder);

    public void Try(Action remove, string what)
    {
        try
        {
            remove();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or LinuxException or CommandFailure)
        {
            problems.Add($"{what}: {e.Message}");
        }
    }
}
