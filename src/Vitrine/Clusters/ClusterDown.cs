using Vitrine.Agent;
using Vitrine.Linux.Interop;
using Vitrine.Supervision;

namespace Vitrine.Clusters;

/// <summary>
/// Removes a cluster and all it left: goes on past what fails and reports everything at the end. Needs no part of the cluster to
/// be alive, so it works after any crash:
/// <code>
/// 1 the supervisor, so that nothing is started again; where pods are given time, the agents end them
/// 2 every process in the cluster's cgroups (server, agents, containerd, shims, containers)
/// 3 pins and mounts; with the last pin a node's namespaces go, and with them its links and mounts
/// 4 bridge, links, routes of the host
/// 5 cgroups, files, the kubeconfig's context
/// </code>
/// </summary>
/// <param name="grace">How long the agents may take to end their pods in good order; zero kills at once.</param>
internal sealed class ClusterDown(ClusterPaths paths, TimeProvider time, TimeSpan grace = default)
{
    // Beyond the grace itself, for the last statuses and for runtimes that are slow to stop.
    private static readonly TimeSpan Reports = TimeSpan.FromSeconds(5);

    /// <summary>Returns what could not be removed, empty when the host is clean.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken ct)
    {
        var problems = new List<string>();
        var spec = ReadSpec(problems);
        if (ProcessFile.Read(paths.Pid(ClusterComponents.Supervisor)) is { } supervisor)
        {
            Processes.Kill(supervisor.Pid, supervisor.StartTime, Signal.Kill);
        }

        if (grace > TimeSpan.Zero && spec is not null)
        {
            await Task.WhenAll(spec.RunningNodes.Select(n => FarewellAsync(n, ct)));
        }

        var teardown = new Teardown(problems, time);
        await teardown.EndProcessesAsync(paths.Cgroup, ct);
        teardown.Unmount(paths.Run, paths.State);
        HostNetwork.Remove(paths, spec, teardown);
        await teardown.RemoveCgroupsAsync(paths.Cgroup, ct);
        teardown.RemoveFolder(paths.Run);
        if (spec is not null)
        {
            teardown.Try(() => KubeconfigFile.Remove(spec.Kubeconfig, spec.Context), $"context {spec.Context} in {spec.Kubeconfig}");
        }

        teardown.RemoveFolder(paths.State);
        RemoveIfEmpty(ClusterPaths.RunRoot);
        RemoveIfEmpty(Path.GetDirectoryName(paths.State)!);
        return problems;
    }

    /// <summary>Tells an agent that its node shuts down; it ends when its pods have.</summary>
    private async Task FarewellAsync(NodeSpec node, CancellationToken ct)
    {
        // As seen from the host: the agent's own view of its run directory is the same folder.
        await File.WriteAllTextAsync(Path.Combine(paths.NodeRun(node.Name), NodeAgentOptions.ShutdownGraceFile), $"{(int)grace.TotalSeconds}", ct);
        var pidFile = paths.Pid(ClusterComponents.AgentOf(node));
        if (ProcessFile.Read(pidFile) is not { IsAlive: true } agent || !Processes.Kill(agent.Pid, agent.StartTime, Signal.PowerFailure))
        {
            return;
        }

        var began = time.GetTimestamp();
        while (agent.IsAlive && time.GetElapsedTime(began) < grace + Reports)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, ct);
        }
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

    private static void RemoveIfEmpty(string folder)
    {
        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }
    }
}
