using System.Net;
using System.Net.Sockets;
using k8s;
using Microsoft.Extensions.Logging;
using Vitrine.Clusters;
using Vitrine.Dataplane;
using Vitrine.Dns;
using Vitrine.Gateway.Feed;
using Vitrine.Model.Plans.Services;
using Vitrine.Model.Watching;
using Vitrine.Verbs;

namespace Vitrine.Attaching;

/// <summary>
/// The network's parts of a node, whoever runs its pods: data path, DNS, and what the node's HTTP proxy is told. What of it no kernel holds is kept in files, for an agent
/// that starts while the API is away.
/// </summary>
internal static partial class NetworkParts
{
    /// <summary>Started, before the watch runs: each subscribes to what it needs.</summary>
    /// <param name="components">which of them</param>
    /// <param name="nodeName">of the Node object</param>
    /// <param name="dns">addresses this node answers on; none: it does not</param>
    /// <param name="settings">what it answers</param>
    /// <param name="services">what the operator decides about Services</param>
    /// <param name="runDirectory">where the proxy's socket is, and the kept files</param>
    /// <param name="api">the API</param>
    /// <param name="watch">of it</param>
    /// <param name="logs">for complaints</param>
    /// <param name="ct">ends them</param>
    /// <param name="served">hears that the proxy serves by another plan</param>
    public static IEnumerable<Task> Start(
        NodeComponents components, string nodeName, IReadOnlyList<IPAddress> dns, DnsSettings settings, ServiceRules services, string runDirectory, Kubernetes api, AgentWatch watch, ILoggerFactory logs, CancellationToken ct, Action? served = null)
    {
        var parts = Of(components);
        if (parts != DataplaneParts.None)
            yield return DataplaneAgent.RunAsync(new DataplaneOptions { NodeName = nodeName, Services = services, Parts = parts, HasForeignPods = !components.HasFlag(NodeComponents.Cni) }, watch, logs, TimeProvider.System, ct);
        if (components.HasFlag(NodeComponents.Dns) && dns.Count > 0)
            yield return DnsAgent.RunAsync(Resolver(dns, settings) with { NodeName = components.HasFlag(NodeComponents.Cni | NodeComponents.Routes) ? nodeName : null }, watch, logs, TimeProvider.System, ct);
        var logger = logs.CreateLogger<GatewayLoop>();
        if ((components & (NodeComponents.Services | NodeComponents.Dns)) != 0)
            yield return SnapshotFile.KeepAsync(Path.Combine(runDirectory, SnapshotFile.Name), watch, reason => Failed(logger, reason), TimeProvider.System, ct);
        if (!components.HasFlag(NodeComponents.Gateway))
            yield break;
        var sender = new PlanSender(Path.Combine(runDirectory, GatewayVerb.SocketName), logs.CreateLogger<PlanSender>(), TimeProvider.System);
        var plans = new GatewayLoop(api, watch, reason => Failed(logger, reason), TimeProvider.System);
        sender.Applied += served;
        yield return PlanFile.KeepAsync(Path.Combine(runDirectory, PlanFile.Name), sender, reason => Failed(logger, reason), TimeProvider.System, ct);
        yield return sender.RunAsync(ct);
        yield return FeedAsync(plans, sender, ct);
    }

    public static DataplaneParts Of(NodeComponents components) =>
        (components.HasFlag(NodeComponents.Routes) ? DataplaneParts.Routes : 0) | (components.HasFlag(NodeComponents.Services) ? DataplaneParts.Services : 0)
        | (components.HasFlag(NodeComponents.Policy) ? DataplaneParts.Policies : 0);

    /// <summary>The watch these parts subscribe to.</summary>
    public static AgentWatch Watch(Kubernetes api, string nodeName, string runDirectory, Action<string> failed) =>
        new(api, nodeName, failed, TimeProvider.System) { Earlier = SnapshotFile.Read(Path.Combine(runDirectory, SnapshotFile.Name)) };

    private static async Task FeedAsync(GatewayLoop plans, PlanSender sender, CancellationToken ct)
    {
        await foreach (var plan in plans.RunAsync(ct))
            sender.Send(plan);
    }

    private static DnsOptions Resolver(IReadOnlyList<IPAddress> addresses, DnsSettings dns) => new()
    {
        Domain = dns.Domain,
        // A machine without IPv6 answers by IPv4 alone.
        Addresses = [.. addresses.Where(a => a.AddressFamily == AddressFamily.InterNetwork || Socket.OSSupportsIPv6)],
        Upstreams = dns.UpstreamServers,
        Stubs = dns.StubServers,
        Hosts = dns.HostAddresses,
        FollowsSearches = dns.FollowsSearches,
        NodeHasSearches = File.Exists("/etc/resolv.conf") && File.ReadLines("/etc/resolv.conf").Any(l => l.StartsWith("search ", StringComparison.Ordinal) || l.StartsWith("domain ", StringComparison.Ordinal)),
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason}")]
    private static partial void Failed(ILogger logger, string reason);
}
