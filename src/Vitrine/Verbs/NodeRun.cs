using k8s;
using Microsoft.Extensions.Logging;
using Vitrine.Agent;
using Vitrine.Attaching;
using Vitrine.Clusters;
using Vitrine.Model.Plans.Services;
using Vitrine.Model.Watching;
using Vitrine.Supervision;

namespace Vitrine.Verbs;

/// <summary>A node's parts side by side: the agent, which runs pods, the data path, which carries their packets, DNS, where the cluster has one, and what the node's HTTP proxy is told.</summary>
internal static partial class NodeRun
{
    public static async Task<int> RunAsync(NodeAgentOptions options, DnsSettings dns, ServiceRules services, ILoggerFactory logs, CancellationToken ct)
    {
        using var api = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(options.Kubeconfig));
        var logger = logs.CreateLogger<AgentWatch>();
        var watch = NetworkParts.Watch(api, options.NodeName, options.RunDirectory, reason => Failed(logger, reason));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var metrics = new NodeMetrics();
        List<Task> parts =
        [
            NodeAgent.RunAsync(options with { MoreMetrics = metrics.Render }, logs, TimeProvider.System, stop.Token),
            .. NetworkParts.Start(NodeComponents.All, options.NodeName, options.ClusterDns, dns, services, options.RunDirectory, api, watch, logs, stop.Token),
            watch.RunAsync(stop.Token),
        ];
        await SideBySide.RunAsync(parts, stop, ct);

        return 0;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason}")]
    private static partial void Failed(ILogger logger, string reason);
}
