using System.Net.Sockets;
using k8s;
using Microsoft.Extensions.Logging;
using Vitrine.Agent;
using Vitrine.Clusters;
using Vitrine.Dataplane;
using Vitrine.Dns;
using Vitrine.Gateway.Feed;
using Vitrine.Linux.Netns;
using Vitrine.Model.Plans.Services;
using Vitrine.Model.Watching;

namespace Vitrine.Verbs;

/// <summary>A node's parts side by side: the agent, which runs pods, the data path, which carries their packets, DNS, where the cluster has one, and what the node's HTTP proxy is told.</summary>
internal static partial class NodeRun
{
    public static async Task<int> RunAsync(NodeAgentOptions options, DnsSettings dns, ServiceRules services, ILoggerFactory logs, CancellationToken ct)
    {
        using var api = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(options.Kubeconfig));
        var logger = logs.CreateLogger<AgentWatch>();
        var watch = new AgentWatch(api, options.NodeName, reason => Failed(logger, reason), TimeProvider.System);
        var dataplane = new DataplaneOptions { NodeName = options.NodeName, Services = services };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var own = NetnsHandle.Current();
        List<Task> parts = [NodeAgent.RunAsync(options with { MoreMetrics = () => PolicyMetrics.Render(own) }, logs, TimeProvider.System, stop.Token), DataplaneAgent.RunAsync(dataplane, watch, logs, TimeProvider.System, stop.Token)];
        if (options.ClusterDns.Count > 0)
        {
            parts.Add(DnsAgent.RunAsync(Resolver(options, dns), watch, logs, TimeProvider.System, stop.Token));
        }

        var sender = new PlanSender(Path.Combine(options.RunDirectory, GatewayVerb.SocketName), logs.CreateLogger<PlanSender>(), TimeProvider.System);
        var plans = new GatewayLoop(api, watch, reason => Failed(logger, reason), TimeProvider.System);
        parts.AddRange(sender.RunAsync(stop.Token), FeedAsync(plans, sender, stop.Token));
        parts.Add(watch.RunAsync(stop.Token));
        try
        {
            // A node without one of its parts is not a node: the first that ends, ends all, and the supervisor starts them anew.
            await await Task.WhenAny(parts);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Asked to stop: pods keep running, the next agent finds them.
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return 0;
    }

    private static async Task FeedAsync(GatewayLoop plans, PlanSender sender, CancellationToken ct)
    {
        await foreach (var plan in plans.RunAsync(ct))
        {
            sender.Send(plan);
        }
    }

    private static DnsOptions Resolver(NodeAgentOptions options, DnsSettings dns) => new()
    {
        Domain = dns.Domain,
        // A machine without IPv6 answers by IPv4 alone.
        Addresses = [.. options.ClusterDns.Where(a => a.AddressFamily == AddressFamily.InterNetwork || Socket.OSSupportsIPv6)],
        Upstreams = dns.UpstreamServers,
        Stubs = dns.StubServers,
        Hosts = dns.HostAddresses,
        FollowsSearches = dns.FollowsSearches,
        NodeHasSearches = File.Exists("/etc/resolv.conf") && File.ReadLines("/etc/resolv.conf").Any(l => l.StartsWith("search ", StringComparison.Ordinal) || l.StartsWith("domain ", StringComparison.Ordinal)),
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason}")]
    private static partial void Failed(ILogger logger, string reason);
}
