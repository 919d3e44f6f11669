using Vitrine.Linux.Interop;
using Vitrine.Supervision;

namespace Vitrine.Clusters;

/// <summary>
/// Nodes come, go, are switched off and on again while the cluster runs. What they shall be is written to the cluster's spec
/// first; then the same steps as in `up` make what is missing, so an interrupted change is finished by the next `up`.
/// </summary>
internal sealed class ClusterNodes(ClusterPaths paths, TimeProvider time)
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(10);

    /// <summary>Adds a node; returns the steps that bring it up.</summary>
    public IReadOnlyList<UpStep> Add(string name) => Change(spec => spec.Nodes.Any(n => n.Name == name)
        ? throw new CommandFailure($"the cluster \"{spec.Name}\" has a node {name} already", "choose another name; vitrine status shows the nodes")
        : spec with { Nodes = [.. spec.Nodes, spec.NewNode(name, controlPlane: false)] });

    /// <summary>Switches a stopped node on; returns the steps that bring it up.</summary>
    public IReadOnlyList<UpStep> Start(string name) => Change(spec => Replace(spec, Require(spec, name) with { Stopped = false }));

    /// <summary>
    /// Switches a node off as if its power failed: its processes, pods and namespaces go at once, its disk and its Node object
    /// stay. Returns what could not be removed.
    /// </summary>
    public async Task<IReadOnlyList<string>> StopAsync(string name, CancellationToken ct)
    {
        using (Lock())
        {
            var spec = ClusterSpec.Require(paths);
            var node = Require(spec, name);
            Replace(spec, node with { Stopped = true }).Write(paths);
            return await EndAsync(spec, node, ct);
        }
    }

    /// <summary>Removes a node with its disk, its keys and its Node object; controllers make its pods anew elsewhere. Returns what could not be removed.</summary>
    public async Task<IReadOnlyList<string>> RemoveAsync(string name, CancellationToken ct)
    {
        using (Lock())
        {
            var spec = ClusterSpec.Require(paths);
            var node = Require(spec, name);
            if (spec.Nodes.Count == 1)
            {
                throw new CommandFailure($"{name} is the only node of the cluster \"{spec.Name}\"", $"vitrine down --name {spec.Name} removes the cluster");
            }

            (spec with { Nodes = [.. spec.Nodes.Where(n => n.Name != name)] }).Write(paths);
            var problems = new List<string>(await EndAsync(spec, node, ct));
            new Teardown(problems, time).RemoveFolder(paths.NodeData(name));
            new Identities(paths, spec, new Pki(paths.Pki, time)).RemoveNode(node);
            using var api = new AdminApi(paths, spec);
            if (await api.DeleteAsync($"api/v1/nodes/{name}", ct) is { } refused)
            {
                problems.Add($"Node object {name}: {refused}");
            }

            return problems;
        }
    }

    private async Task<IReadOnlyList<string>> EndAsync(ClusterSpec spec, NodeSpec node, CancellationToken ct)
    {
        var problems = new List<string>();
        Supervisor.Reload(paths);
        var agent = paths.Pid(ClusterComponents.AgentOf(node));
        for (var began = time.GetTimestamp(); ProcessFile.Read(agent) is { IsAlive: true } && time.GetElapsedTime(began) < Farewell;)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), time, ct);
        }

        var teardown = new Teardown(problems, time);
        await teardown.EndProcessesAsync(paths.NodeCgroup(node.Name), ct);
        teardown.Unmount([paths.NodeRun(node.Name), paths.NodeData(node.Name), .. NodeNamespaces.Kinds.Select(k => paths.NodePin(node.Name, k))]);
        teardown.Try(() => new HostNetwork(paths, spec).RemoveNode(node), $"link of {node.Name}");
        await teardown.RemoveCgroupsAsync(paths.NodeCgroup(node.Name), ct);
        teardown.RemoveFolder(paths.NodeRun(node.Name));
        return problems;
    }

    private IReadOnlyList<UpStep> Change(Func<ClusterSpec, ClusterSpec> change)
    {
        using (Lock())
        {
            var spec = change(ClusterSpec.Require(paths));
            spec.Write(paths);
            return new ClusterUp(paths, spec, existed: true, time).NodeSteps;
        }
    }

    private FileLock Lock()
    {
        Directory.CreateDirectory(paths.Run);
        return FileLock.Acquire(paths.NodesLock);
    }

    private static NodeSpec Require(ClusterSpec spec, string name) => spec.Nodes.FirstOrDefault(n => n.Name == name)
        ?? throw new CommandFailure($"the cluster \"{spec.Name}\" has no node {name}", $"its nodes are: {string.Join(", ", spec.Nodes.Select(n => n.Name))}");

    private static ClusterSpec Replace(ClusterSpec spec, NodeSpec node) => spec with { Nodes = [.. spec.Nodes.Select(n => n.Name == node.Name ? node : n)] };
}
