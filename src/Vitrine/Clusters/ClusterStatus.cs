using Vitrine.Supervision;

namespace Vitrine.Clusters;

/// <summary>One process of a cluster; memory in bytes (RSS, and PSS where the kernel tells it).</summary>
internal sealed record ComponentStatus(string Name, string State, int? Pid, long Rss, long Pss, string? Address, string? Version);

/// <summary>A cluster as `vitrine status` shows it.</summary>
internal sealed record ClusterStatus
{
    public required string Name { get; init; }

    public required string Context { get; init; }

    public required string Server { get; init; }

    public required IReadOnlyList<string> PodCidrs { get; init; }

    public required IReadOnlyList<string> ServiceCidrs { get; init; }

    public required IReadOnlyList<string> NodeCidrs { get; init; }

    public required bool Ready { get; init; }

    public required IReadOnlyList<ComponentStatus> Components { get; init; }

    /// <summary>Looks at pid files, /proc and the API.</summary>
    public static async Task<ClusterStatus> ReadAsync(ClusterPaths paths, ClusterSpec spec, CancellationToken ct)
    {
        using var api = new AdminApi(paths, spec);
        var serverReady = await api.TextAsync("readyz", ct) == "ok";
        var version = serverReady && await api.TextAsync("version", ct) is { } text
            ? System.Text.Json.JsonDocument.Parse(text).RootElement.GetProperty("gitVersion").GetString()
            : null;
        var components = new List<ComponentStatus>
        {
            Component(ClusterComponents.Supervisor, ProcessFile.Read(paths.Pid(ClusterComponents.Supervisor)), null, Product),
            Component(ClusterComponents.Server, ProcessFile.Read(paths.Pid(ClusterComponents.Server)), $"https://127.0.0.1:{spec.ApiPort}", version),
        };
        var ready = serverReady;
        foreach (var node in spec.Nodes)
        {
            var (nodeReady, runtime) = await api.NodeAsync(node.Name, null, ct);
            ready &= nodeReady || node.Stopped;
            components.Add(Component(ClusterComponents.AgentOf(node), ProcessFile.Read(paths.Pid(ClusterComponents.AgentOf(node))), string.Join(',', node.Addresses), Product));
            components.Add(Component(ClusterComponents.GatewayOf(node), ProcessFile.Read(paths.Pid(ClusterComponents.GatewayOf(node))), null, Product));
            components.Add(Component($"containerd-{node.Name}", ContainerdOf(paths, node), null, runtime));
        }

        return new ClusterStatus
        {
            Name = spec.Name,
            Context = spec.Context,
            Server = $"https://127.0.0.1:{spec.ApiPort}",
            PodCidrs = spec.PodCidrs,
            ServiceCidrs = spec.ServiceCidrs,
            NodeCidrs = spec.NodeCidrs,
            Ready = ready,
            Components = components,
        };
    }

    private static string Product => typeof(ClusterStatus).Assembly.GetName().Version!.ToString(3);

    /// <summary>The agent keeps containerd's pid; whether that process is still containerd, its command line tells.</summary>
    private static ProcessFile? ContainerdOf(ClusterPaths paths, NodeSpec node)
    {
        var file = Path.Combine(paths.NodeRun(node.Name), "containerd.pid");
        return File.Exists(file)
            && int.TryParse(File.ReadAllText(file), out var pid)
            && ProcessFile.Of(pid) is { } process
            && File.ReadAllText($"/proc/{pid}/cmdline").Contains(paths.NodeData(node.Name), StringComparison.Ordinal) ? process : null;
    }

    private static ComponentStatus Component(string name, ProcessFile? process, string? address, string? version)
    {
        if (process is not { IsAlive: true })
        {
            return new ComponentStatus(name, "Stopped", null, 0, 0, address, null);
        }

        return new ComponentStatus(name, "Running", process.Pid, Kilobytes($"/proc/{process.Pid}/status", "VmRSS:") * 1024, Kilobytes($"/proc/{process.Pid}/smaps_rollup", "Pss:") * 1024, address, version);
    }

    private static long Kilobytes(string file, string field)
    {
        try
        {
            var line = File.ReadLines(file).FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line[field.Length..^2].Trim(), System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
