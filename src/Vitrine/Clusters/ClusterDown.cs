using Vitrine.Linux.Interop;
using Vitrine.Supervision;

namespace Vitrine.Clusters;

/// <summary>
/// Removes a cluster and all it left: goes on past what fails and reports everything at the end. Needs no part of the cluster to
/// be alive, so it works after any crash:
/// <code>
/// 1 the supervisor, so that nothing is started again
/// 2 every process in the cluster's cgroups (server, agents, containerd, shims, containers)
/// 3 pins and mounts; with the last pin a node's namespaces go, and with them its links and mounts
/// 4 bridge, links, routes of the host
/// 5 cgroups, files, the kubeconfig's context
/// </code>
/// </summary>
internal sealed class ClusterDown(ClusterPaths paths, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Returns what could not be removed, empty when the host is clean.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken ct)
    {
        var problems = new List<string>();
        var spec = ReadSpec(problems);
        if (ProcessFile.Read(paths.Pid(ClusterComponents.Supervisor)) is { } supervisor)
        {
            Processes.Kill(supervisor.Pid, supervisor.StartTime, Signal.Kill);
        }

        await EndProcessesAsync(problems, ct);
        Unmount(problems);
        HostNetwork.Remove(paths, spec, problems);
        await RemoveCgroupsAsync(problems, ct);
        RemoveFolder(paths.Run, problems);
        if (spec is not null)
        {
            Try(() => KubeconfigFile.Remove(spec.Kubeconfig, spec.Context), $"context {spec.Context} in {spec.Kubeconfig}", problems);
        }

        RemoveFolder(paths.State, problems);
        RemoveIfEmpty(ClusterPaths.RunRoot);
        RemoveIfEmpty(Path.GetDirectoryName(paths.State)!);
        return problems;
    }

    private ClusterSpec? ReadSpec(List<string> problems)
    {
        try
        {
            return ClusterSpec.Read(paths);
        }
        catch (CommandFailure damaged)
        {
            problems.Add(damaged.Message);
            return null;
        }
    }

    private async Task EndProcessesAsync(List<string> problems, CancellationToken ct)
    {
        for (var began = time.GetTimestamp(); Cgroups.Processes(paths.Cgroup) is { Count: > 0 } left; await Task.Delay(TimeSpan.FromMilliseconds(10), time, ct))
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

    private void Unmount(List<string> problems)
    {
        foreach (var mount in Mounts.List().Reverse().Where(m => Below(m.MountPoint, paths.Run) || Below(m.MountPoint, paths.State)))
        {
            Try(() => Mounts.TryUnmount(mount.MountPoint, lazy: true), $"mount {mount.MountPoint}", problems);
        }

        static bool Below(string path, string folder) => path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);
    }

    private async Task RemoveCgroupsAsync(List<string> problems, CancellationToken ct)
    {
        // The kernel lets go of a cgroup a moment after its last process; EBUSY until then.
        for (var began = time.GetTimestamp(); Cgroups.Remove(paths.Cgroup) is { Count: > 0 } left; await Task.Delay(TimeSpan.FromMilliseconds(20), time, ct))
        {
            if (time.GetElapsedTime(began) > Patience)
            {
                problems.AddRange(left.Select(c => $"cgroup {c}"));
                return;
            }
        }
    }

    private static void RemoveFolder(string folder, List<string> problems) =>
        Try(
            () =>
            {
                if (Directory.Exists(folder))
                {
                    Directory.Delete(folder, recursive: true);
                }
            },
            folder,
            problems);

    private static void RemoveIfEmpty(string folder)
    {
        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }
    }

    private static void Try(Action remove, string what, List<string> problems)
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
