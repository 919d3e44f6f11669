using System.Collections.Immutable;
using System.Threading.Channels;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Vitrine.Model.Snapshot;
using Vitrine.Model.Watching;

namespace Vitrine.Dataplane.Watch;

/// <summary>What the node's plans have to know of the cluster. While the API is away the last snapshot stays.</summary>
internal sealed partial class ClusterWatch(Kubernetes client, ILogger logger, TimeProvider time)
{
    /// <summary>Null before the first list: a plan of half a cluster would tear down the other half.</summary>
    public ClusterSnapshot? Current { get; private set; }

    /// <summary>Until cancelled; <paramref name="signal"/> hears of every change.</summary>
    public async Task RunAsync(ChannelWriter<bool> signal, CancellationToken ct)
    {
        await foreach (var change in new ResourceWatch<V1Node>(client, "api/v1/nodes", "", time).RunAsync(Failed, ct).ConfigureAwait(false))
        {
            var nodes = Current?.Nodes ?? ImmutableDictionary<string, Node>.Empty;
            Current = new ClusterSnapshot
            {
                Nodes = change.Kind switch
                {
                    WatchChangeKind.Replaced => change.Objects.ToImmutableDictionary(n => n.Metadata.Name, SnapshotReader.Read),
                    WatchChangeKind.Upserted => nodes.SetItem(change.Objects[0].Metadata.Name, SnapshotReader.Read(change.Objects[0])),
                    _ => nodes.Remove(change.Objects[0].Metadata.Name),
                },
            };
            signal.TryWrite(true);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{reason}")]
    private partial void Failed(string reason);
}
