using System.Collections.Immutable;
using System.Net;
using System.Threading.Channels;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Vitrine.Model.Snapshot;
using Vitrine.Model.Watching;

namespace Vitrine.Dataplane.Watch;

/// <summary>
/// Services, their slices and the nodes, for the service tables alone: every change is passed on at once, with the names of the Services it touches. An
/// API without discovery.k8s.io/v1 gives Endpoints instead. While the API is away the last snapshot stays.
/// </summary>
internal sealed partial class ServiceWatch(Kubernetes client, ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly Lock writing = new();
    private readonly HashSet<string> changed = new(StringComparer.Ordinal);
    private ClusterSnapshot current = ClusterSnapshot.Empty;
    private int unread = 3;

    /// <summary>Until cancelled; <paramref name="signal"/> hears of every change once everything was listed.</summary>
    public async Task RunAsync(ChannelWriter<bool> signal, CancellationToken ct)
    {
        Task[] all = [FollowAsync<V1Node>("api/v1/nodes", ReadNode, signal, ct), FollowAsync<V1Service>("api/v1/services", ReadService, signal, ct), FollowEndpointsAsync(signal, ct)];
        await (await Task.WhenAny(all).ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <summary>The cluster as it is, and the Services that changed since the last time; null before everything was listed.</summary>
    public (ClusterSnapshot Snapshot, HashSet<string> Changed)? Take()
    {
        lock (writing)
        {
            if (unread > 0)
                return null;
            var taken = new HashSet<string>(changed, StringComparer.Ordinal);
            changed.Clear();
            return (current, taken);
        }
    }

    private async Task FollowEndpointsAsync(ChannelWriter<bool> signal, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                using var answer = await client.HttpClient.GetAsync(new Uri(client.BaseUri, "apis/discovery.k8s.io/v1"), ct).ConfigureAwait(false);
                if (answer.StatusCode == HttpStatusCode.NotFound)
                    await FollowAsync<V1Endpoints>("api/v1/endpoints", ReadEndpoints, signal, ct).ConfigureAwait(false);
                answer.EnsureSuccessStatusCode();
                await FollowAsync<V1EndpointSlice>("apis/discovery.k8s.io/v1/endpointslices", ReadSlice, signal, ct).ConfigureAwait(false);
            }
            catch (HttpRequestException e)
            {
                Failed(e.Message);
            }
            await Task.Delay(Pause, time, ct).ConfigureAwait(false);
        }
    }

    private async Task FollowAsync<T>(string path, Action<WatchChange<T>> read, ChannelWriter<bool> signal, CancellationToken ct) where T : class
    {
        var listed = false;
        await foreach (var change in new ResourceWatch<T>(client, path, "", time).RunAsync(Failed, ct).ConfigureAwait(false))
        {
            lock (writing)
            {
                read(change);
                unread -= listed ? 0 : 1;
                listed = true;
            }
            signal.TryWrite(true);
        }
    }

    private void ReadNode(WatchChange<V1Node> change) => current = current with
    {
        Nodes = change.Kind switch
        {
            WatchChangeKind.Replaced => change.Objects.ToImmutableDictionary(n => n.Metadata.Name, SnapshotReader.Read),
            WatchChangeKind.Upserted => current.Nodes.SetItem(change.Objects[0].Metadata.Name, SnapshotReader.Read(change.Objects[0])),
            _ => current.Nodes.Remove(change.Objects[0].Metadata.Name),
        },
    };

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
            Replace(change.Objects.Select(ServiceReader.Read).OfType<EndpointSlice>());
        else if (ServiceReader.Read(change.Objects[0]) is { } slice)
        {
            // A slice that is new to its Service may have been another's: its label names the Service, and labels change.
            if (!current.SlicesOf(slice.ServiceKey).ContainsKey(slice.Name)
                && current.EndpointSlices.Values.FirstOrDefault(s => s.TryGetValue(slice.Name, out var held) && held.Namespace == slice.Namespace)?[slice.Name] is { } former)
                Put(former, false);
            Put(slice, change.Kind == WatchChangeKind.Upserted);
        }
    }

    private void ReadEndpoints(WatchChange<V1Endpoints> change)
    {
        if (change.Kind == WatchChangeKind.Replaced)
        {
            Replace(change.Objects.SelectMany(EndpointsReader.Read));
            return;
        }
        var endpoints = change.Objects[0];
        foreach (var held in current.SlicesOf($"{endpoints.Metadata.NamespaceProperty}/{endpoints.Metadata.Name}").Values)
            Put(held, false);
        if (change.Kind == WatchChangeKind.Upserted)
            foreach (var slice in EndpointsReader.Read(endpoints))
                Put(slice, true);
    }

    private void Replace(IEnumerable<EndpointSlice> slices)
    {
        changed.UnionWith(current.EndpointSlices.Keys);
        current = current with
        {
            EndpointSlices = slices.Where(s => s.ServiceName.Length > 0).GroupBy(s => s.ServiceKey).ToImmutableDictionary(g => g.Key, g => g.ToImmutableDictionary(s => s.Name)),
        };
        changed.UnionWith(current.EndpointSlices.Keys);
    }

    private void Put(EndpointSlice slice, bool there)
    {
        changed.Add(slice.ServiceKey);
        current = there ? current.With(slice) : current.Without(slice);
    }

    /// <summary>Of ten thousand Services only what the tables are made of.</summary>
    private static Service Lean(V1Service service) => ServiceReader.Read(service) with { Selector = ImmutableDictionary<string, string>.Empty };

    [LoggerMessage(Level = LogLevel.Warning, Message = "{reason}")]
    private partial void Failed(string reason);
}
