using k8s;
using Microsoft.Extensions.Logging;
using Vitrine.Agent.Node;
using Vitrine.Clusters;
using Vitrine.Gateway.Telemetry;
using Vitrine.Model.Watching;
using Vitrine.Supervision;
using Vitrine.Verbs;

namespace Vitrine.Attaching;

/// <summary>
/// Network components side by side on a node whose pods kubelet runs. They know their cluster by its API alone, write nothing there, and leave what they made
/// in place when they stop.
/// </summary>
internal static partial class AttachedRun
{
    public static async Task<int> RunAsync(AttachedOptions options, ILoggerFactory logs, CancellationToken ct)
    {
        Directory.CreateDirectory(options.DataDirectory);
        Directory.CreateDirectory(options.RunDirectory);
        using var api = ApiAccess.Connect(options.Api);
        var logger = logs.CreateLogger<AttachedOptions>();
        var conflicts = new ConflictWatch(options, api, logger, TimeProvider.System);
        await conflicts.RequireNoneAsync(ct);
        var watch = NetworkParts.Watch(api, options.NodeName, options.RunDirectory, reason => Failed(logger, reason));
        using var metrics = new NodeMetrics();
        using var ready = new ReadyFile(options.RunDirectory);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        List<Task> parts = [.. NetworkParts.Start(options.Components, options.NodeName, options.ClusterDns, options.Dns, options.Services, options.RunDirectory, api, watch, logs, stop.Token, ready.Write)];
        if (options.Components.HasFlag(NodeComponents.Cni))
        {
            parts.Add(new CniLoop(options, watch, logger).RunAsync(stop.Token));
            parts.Add(new CniRestoreLoop(CniLoop.ListOf(options), options.CniBinDirectory, TimeProvider.System, logs.CreateLogger<CniRestoreLoop>()).RunAsync(stop.Token));
        }
        if (options.RunsProxy && options.Components.HasFlag(NodeComponents.Gateway))
            parts.Add(new SuperviseLoop(() => [GatewayVerb.Component("gateway", [], options.RunDirectory, null, Path.Combine(options.RunDirectory, "gateway.pid"), null)], logs.CreateLogger("gateway"), TimeProvider.System).RunAsync(stop.Token));
        parts.Add(conflicts.RunAsync(watch.Subscribe(WatchedKinds.Nodes), stop.Token));
        parts.Add(watch.RunAsync(stop.Token));
        await using var status = options.Metrics is { } address ? new StatusServer(address, () => ready.IsThere ? null : "nothing is applied yet", metrics.Render, logs) : null;
        try
        {
            await (status?.StartAsync(ct) ?? Task.CompletedTask);
        }
        catch (IOException e)
        {
            // The network does not hang on it.
            Failed(logger, $"no metrics at {options.Metrics}: {e.Message}");
        }
        if (!options.Components.HasFlag(NodeComponents.Gateway))
            ready.Write();
        Running(logger, options.NodeName, ComponentList.Write(options.Components), options.Api.Host);
        await SideBySide.RunAsync(parts, stop, ct);
        return 0;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "node {Node}: {Components} by {Api}")]
    private static partial void Running(ILogger logger, string node, string components, string api);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason}")]
    private static partial void Failed(ILogger logger, string reason);
}
