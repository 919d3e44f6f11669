using Microsoft.Extensions.Logging;
using Vitrine.Agent.Containerd;
using Vitrine.Agent.Node;
using Vitrine.Clusters;
using Vitrine.Model.Watching;

namespace Vitrine.Attaching;

/// <summary>
/// Gives the node's runtime its network: the plugin first, then, as soon as the cluster has given the node its pod ranges, the configuration, by which kubelet
/// calls the node ready.
/// </summary>
internal sealed partial class CniLoop
{
    private readonly AttachedOptions options;
    private readonly SnapshotFeed feed;
    private readonly ILogger logger;
    private string told = "";

    /// <param name="options">of the node</param>
    /// <param name="watch">not yet running: it is subscribed to here</param>
    /// <param name="logger">hears what is written</param>
    public CniLoop(AttachedOptions options, AgentWatch watch, ILogger logger) => (this.options, feed, this.logger) = (options, watch.Subscribe(WatchedKinds.Nodes), logger);

    public static string ListOf(AttachedOptions options) => Path.Combine(options.CniConfDirectory, Conflist.FileName);

    /// <summary>Until cancelled. Both stay afterwards: pods may start while no agent runs.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        CniFiles.Install(ClusterComponents.CniFolder, options.CniBinDirectory);
        while (await feed.Signal.Reader.WaitToReadAsync(ct))
        {
            feed.Signal.Reader.TryRead(out _);
            if (feed.Take() is not var (snapshot, _) || !snapshot.Nodes.TryGetValue(options.NodeName, out var node))
                continue;
            if (node.PodCidrs.IsEmpty)
                Say($"node {options.NodeName} has no podCIDR yet: have the controller manager assign one (--allocate-node-cidrs --cluster-cidr=…), or write spec.podCIDR");
            else if (AtomicFile.Write(ListOf(options), Conflist.Compile(node.PodCidrs.Select(c => $"{c}"), node.Addresses.IsEmpty ? 0 : NodeMtu.Of(node.Addresses[0]), Path.Combine(options.DataDirectory, "cni"), options.Components.HasFlag(NodeComponents.Policy))))
                Written(ListOf(options), string.Join(", ", node.PodCidrs));
        }
    }

    /// <summary>The same complaint once.</summary>
    private void Say(string complaint)
    {
        if (complaint != told)
            Complained(told = complaint);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{File} gives pods addresses of {Ranges}")]
    private partial void Written(string file, string ranges);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Complaint}")]
    private partial void Complained(string complaint);
}
