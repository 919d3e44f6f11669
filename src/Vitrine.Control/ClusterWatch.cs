using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Vitrine.Model.Snapshot;
using Vitrine.Model.Watching;

namespace Vitrine.Control;

/// <summary>
/// The first stage of every controller: watches → one immutable snapshot. Changes that come while a controller is busy fold
/// into one.
/// </summary>
/// <param name="client">The API.</param>
/// <param name="logger">Hears why a watch broke.</param>
/// <param name="time">For pauses.</param>
/// <param name="pods">Also hears of every change of a pod: each is watched once.</param>
/// <param name="nodes">Also hears of every change of a node.</param>
/// <param name="namespaces">Also hears of every change of a namespace.</param>
internal sealed partial class ClusterWatch(
    Kubernetes client,
    ILogger logger,
    TimeProvider time,
    Action<WatchChange<V1Pod>>? pods = null,
    Action<WatchChange<V1Node>>? nodes = null,
    Action<WatchChange<V1Namespace>>? namespaces = null)
{
    public const string RootCaConfigMap = "kube-root-ca.crt";

    private readonly List<Channel<bool>> readers = [];
    private readonly Lock writing = new();
    private int unread = 5;

    public ClusterSnapshot Current { get; private set; } = ClusterSnapshot.Empty;

    /// <summary>Snapshots as they come, the newest each time; the first once every resource was listed.</summary>
    public async IAsyncEnumerable<ClusterSnapshot> SubscribeAsync([EnumeratorCancellation] CancellationToken ct)
    {
        // One place is enough: the signal says "look again", and the newest snapshot is what is looked at.
        var signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        lock (writing)
        {
            readers.Add(signal);
            if (unread == 0)
            {
                signal.Writer.TryWrite(true);
            }
        }

        await foreach (var _ in signal.Reader.ReadAllAsync(ct))
        {
            yield return Current;
        }
    }

    /// <summary>Asks for another look at the same snapshot, e.g. after a write that failed.</summary>
    public void Again()
    {
        lock (writing)
        {
            readers.ForEach(r => r.Writer.TryWrite(true));
        }
    }

    /// <summary>Watches until cancelled.</summary>
    public Task RunAsync(CancellationToken ct) => Task.WhenAll(
        FollowAsync<V1Node, Node>("api/v1/nodes", "", n => n.Metadata.Name, SnapshotReader.Read, s => s.Nodes, (s, m) => s with { Nodes = m }, ct, nodes),
        FollowAsync<V1Pod, Pod>("api/v1/pods", "", Key, SnapshotReader.Read, s => s.Pods, (s, m) => s with { Pods = m }, ct, pods),
        FollowAsync<V1Namespace, Namespace>("api/v1/namespaces", "", n => n.Metadata.Name, SnapshotReader.Read, s => s.Namespaces, (s, m) => s with { Namespaces = m }, ct, namespaces),
        FollowAsync<V1ServiceAccount, string>(
            "api/v1/serviceaccounts", "fieldSelector=metadata.name%3Ddefault", Key, a => a.Metadata.Name,
            s => s.ServiceAccounts.ToImmutableDictionary(a => a, a => a), (s, m) => s with { ServiceAccounts = [.. m.Keys] }, ct),
        FollowAsync<V1ConfigMap, string>(
            "api/v1/configmaps", $"fieldSelector=metadata.name%3D{RootCaConfigMap}", m => m.Metadata.NamespaceProperty,
            m => m.Data?.TryGetValue("ca.crt", out var pem) == true ? pem : "", s => s.RootCas, (s, m) => s with { RootCas = m }, ct));

    /// <summary>The same for those who look after the network alone: nodes and namespaces.</summary>
    public Task RunNetworkAsync(CancellationToken ct)
    {
        unread = 2;
        return Task.WhenAll(
            FollowAsync<V1Node, Node>("api/v1/nodes", "", n => n.Metadata.Name, SnapshotReader.Read, s => s.Nodes, (s, m) => s with { Nodes = m }, ct, nodes),
            FollowAsync<V1Namespace, Namespace>("api/v1/namespaces", "", n => n.Metadata.Name, SnapshotReader.Read, s => s.Namespaces, (s, m) => s with { Namespaces = m }, ct, namespaces));
    }

    private static string Key(IMetadata<V1ObjectMeta> o) => $"{o.Metadata.NamespaceProperty}/{o.Metadata.Name}";

    private async Task FollowAsync<TObject, TRecord>(
        string path,
        string selector,
        Func<TObject, string> key,
        Func<TObject, TRecord> read,
        Func<ClusterSnapshot, ImmutableDictionary<string, TRecord>> get,
        Func<ClusterSnapshot, ImmutableDictionary<string, TRecord>, ClusterSnapshot> set,
        CancellationToken ct,
        Action<WatchChange<TObject>>? also = null)
        where TObject : class
    {
        var listed = false;
        await Restart.RunAsync($"watch of {path}", RunAsync, logger, time, ct);

        async Task RunAsync(CancellationToken stop)
        {
            await foreach (var change in new ResourceWatch<TObject>(client, path, selector, time).RunAsync(Failed, stop))
            {
                Take(change);
            }
        }

        void Take(WatchChange<TObject> change)
        {
            lock (writing)
            {
                Current = set(Current, change.After(get(Current), key, read));
                unread -= listed ? 0 : 1;
                listed = true;
                if (unread == 0)
                {
                    Again();
                }
            }

            also?.Invoke(change);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{reason}")]
    private partial void Failed(string reason);
}
