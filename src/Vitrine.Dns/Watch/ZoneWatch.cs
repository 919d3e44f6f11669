using System.Collections.Immutable;
using System.Threading.Channels;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Vitrine.Model.Snapshot;
using Vitrine.Model.Watching;

namespace Vitrine.Dns.Watch;

/// <summary>What the zone is made of: Services, their slices, namespaces, and this node's pods. While the API is away the last snapshot stays.</summary>
internal sealed partial class ZoneWatch(Kubernetes client, string nodeName, ILogger logger, TimeProvider time)
{
    private readonly Lock writing = new();
    private readonly HashSet<string> changed = new(StringComparer.Ordinal);
    private readonly Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private ClusterSnapshot current = ClusterSnapshot.Empty;
    private int unread = 4;

    /// <summary>Until cancelled.</summary>
    public Task RunAsync(CancellationToken ct) => Task.WhenAll(
        FollowAsync<V1Service>("api/v1/services", "", ReadService, ct),
        FollowAsync<V1EndpointSlice>("apis/discovery.k8s.io/v1/endpointslices", "", ReadSlice, ct),
        FollowAsync<V1Namespace>("api/v1/namespaces", "", ReadNamespace, ct),
        FollowAsync<V1Pod>("api/v1/pods", $"fieldSelector=spec.nodeName%3D{nodeName}", ReadPod, ct));

    /// <summary>Waits for news, and takes them; the first once everything was listed.</summary>
    public async Task<(ClusterSnapshot Snapshot, IReadOnlyCollection<string> Services)> TakeAsync(CancellationToken ct)
    {
        await signal.Reader.ReadAsync(ct).ConfigureAwait(false);
        lock (writing)
        {
            string[] services = [.. changed];
            changed.Clear();
            return (current, services);
        }
    }

    private async Task FollowAsync<T>(string path, string selector, Action<WatchChange<T>> read, CancellationToken ct) where T : class
    {
        var listed = false;
        await foreach (var change in new ResourceWatch<T>(client, path, selector, time).RunAsync(Failed, ct).ConfigureAwait(false))
            lock (writing)
            {
                read(change);
                unread -= listed ? 0 : 1;
                listed = true;
                if (unread == 0)
                    signal.Writer.TryWrite(true);
            }
    }

    private void ReadService(WatchChange<V1Service> change)
    {
        if (change.Kind == WatchChangeKind.Replaced)
        {
            changed.UnionWith(current.Services.Keys);
            current = current with { Services = change.Objects.Select(Lean).ToImmutableDictionary(s => s.Key) };
            changed.UnionWith(current.Services.Keys);
            return;
        }
        var service = Lean(change.Objects[0]);
        changed.Add(service.Key);
        current = current with { Services = change.Kind == WatchChangeKind.Upserted ? current.Services.SetItem(service.Key, service) : current.Services.Remove(service.Key) };
    }

    private void ReadSlice(WatchChange<V1EndpointSlice> change)
    {
        if (change.Kind == WatchChangeKind.Replaced)
        {
            changed.UnionWith(current.EndpointSlices.Keys);
            current = current with
            {
                EndpointSlices = change.Objects.Select(ServiceReader.Read).OfType<EndpointSlice>().Where(s => s.ServiceName.Length > 0)
                    .GroupBy(s => s.ServiceKey).ToImmutableDictionary(g => g.Key, g => g.ToImmutableDictionary(s => s.Name)),
            };
            changed.UnionWith(current.EndpointSlices.Keys);
            return;
        }
        if (ServiceReader.Read(change.Objects[0]) is not { } slice)
            return;
        // A slice whose label names another Service now is no longer of the first. Only a slice that is new to its Service can be such a one.
        if (!current.SlicesOf(slice.ServiceKey).ContainsKey(slice.Name)
            && current.EndpointSlices.Values.FirstOrDefault(s => s.TryGetValue(slice.Name, out var held) && held.Namespace == slice.Namespace)?[slice.Name] is { } former)
        {
            changed.Add(former.ServiceKey);
            current = current.Without(former);
        }
        changed.Add(slice.ServiceKey);
        current = change.Kind == WatchChangeKind.Upserted ? current.With(slice) : current.Without(slice);
    }

    private void ReadNamespace(WatchChange<V1Namespace> change) => current = current with
    {
        Namespaces = change.Kind switch
        {
            WatchChangeKind.Replaced => change.Objects.ToImmutableDictionary(n => n.Metadata.Name, SnapshotReader.Read),
            WatchChangeKind.Upserted => current.Namespaces.SetItem(change.Objects[0].Metadata.Name, SnapshotReader.Read(change.Objects[0])),
            _ => current.Namespaces.Remove(change.Objects[0].Metadata.Name),
        },
    };

    private void ReadPod(WatchChange<V1Pod> change)
    {
        var pods = change.Kind == WatchChangeKind.Replaced ? change.Objects.Select(SnapshotReader.Read).ToImmutableDictionary(p => p.Key) : current.Pods;
        if (change.Kind != WatchChangeKind.Replaced)
        {
            var pod = SnapshotReader.Read(change.Objects[0]);
            pods = change.Kind == WatchChangeKind.Upserted ? pods.SetItem(pod.Key, pod) : pods.Remove(pod.Key);
        }
        current = current with { Pods = pods };
    }

    /// <summary>Of ten thousand Services only what names are made of.</summary>
    private static Service Lean(V1Service service) => ServiceReader.Read(service) with { Selector = ImmutableDictionary<string, string>.Empty };

    [LoggerMessage(Level = LogLevel.Warning, Message = "{reason}")]
    private partial void Failed(string reason);
}
