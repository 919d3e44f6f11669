using System.Threading.Channels;
using k8s;
using Microsoft.Extensions.Logging;
using Vitrine.Control.Api;
using Vitrine.Model.Watching;

namespace Vitrine.Control.Garbage;

/// <summary>
/// Garbage collection: what belongs to an owner that is gone goes too. Watches the metadata of every kind discovery names
/// (PartialObjectMetadata, so a Secret's content never comes here) and looks at what a change may have made garbage.
/// </summary>
internal sealed partial class GarbageLoop(Kubernetes client, ApiClient api, ILogger logger, TimeProvider time)
{
    private const int Workers = 16;
    private const string Metadata =
        "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";

    private static readonly TimeSpan DiscoverEvery = TimeSpan.FromSeconds(30);
    private readonly GarbageGraph graph = new();
    private readonly Lock guard = new();
    private readonly HashSet<string> queued = [];
    private readonly Dictionary<string, int> failures = [];

    // Unbounded, but each object stands in it at most once.
    private readonly Channel<string> queue = Channel.CreateUnbounded<string>();
    // One word is enough, however many definitions change.
    private readonly Channel<bool> discoverNow = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile IReadOnlyList<GarbageKind> kinds = [];

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var collector = new GarbageCollector(api, graph, () => kinds);
        await Task.WhenAll([DiscoverAsync(ct), .. Enumerable.Range(0, Workers).Select(_ => WorkAsync(collector, ct))]);
    }

    /// <summary>Kinds come and go; each served one is watched until discovery no longer names it.</summary>
    private async Task DiscoverAsync(CancellationToken ct)
    {
        var watches = new Dictionary<string, (GarbageKind Kind, CancellationTokenSource Stop, Task Watch)>();
        while (true)
        {
            var wait = DiscoverEvery;
            try
            {
                kinds = await GarbageKinds.DiscoverAsync(client, ct);
                foreach (var kind in kinds.Where(k => !watches.ContainsKey(k.Name)))
                {
                    var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
                    watches[kind.Name] = (kind, stop, FollowAsync(kind, stop.Token));
                }

                foreach (var (name, (kind, stop, watch)) in watches.Where(w => kinds.All(k => k.Name != w.Key)).ToArray())
                {
                    await stop.CancelAsync();
                    await watch.ContinueWith(static _ => { }, ct, TaskContinuationOptions.None, TaskScheduler.Default);
                    stop.Dispose();
                    watches.Remove(name);
                    Enqueue(graph.Apply(kind, new WatchChange<GarbageItem>(WatchChangeKind.Replaced, [])));
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
            {
                Failed("discovery", e.Message);
                wait = TimeSpan.FromSeconds(1);
            }

            await NextAsync(wait, ct);
        }
    }

    /// <summary>Until a definition of a custom kind changes, or the time is up.</summary>
    private async Task NextAsync(TimeSpan wait, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(discoverNow.Reader.WaitToReadAsync(limit.Token).AsTask(), Task.Delay(wait, time, limit.Token));
        await limit.CancelAsync();
        ct.ThrowIfCancellationRequested();
        discoverNow.Reader.TryRead(out _);
    }

    private async Task FollowAsync(GarbageKind kind, CancellationToken ct)
    {
        var watch = new ResourceWatch<GarbageItem>(client, kind.Collection, "", time, e => GarbageItem.Read(kind, e), Metadata);
        await foreach (var change in watch.RunAsync(r => Failed(kind.Name, r), ct))
        {
            Enqueue(graph.Apply(kind, change));
            if (kind.Name == GarbageKinds.Definitions)
            {
                discoverNow.Writer.TryWrite(true);
            }
        }
    }

    private async Task WorkAsync(GarbageCollector collector, CancellationToken ct)
    {
        await foreach (var uid in queue.Reader.ReadAllAsync(ct))
        {
            lock (guard)
            {
                queued.Remove(uid);
            }

            try
            {
                await collector.LookAsync(uid, u => Enqueue([u]), ct);
                lock (guard)
                {
                    failures.Remove(uid);
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
            {
                if (e is not ApiException { Stale: true })
                {
                    Failed(graph.Find(uid)?.Path ?? uid, e.Message);
                }

                _ = AgainAsync(uid, ct);
            }
        }
    }

    private async Task AgainAsync(string uid, CancellationToken ct)
    {
        int count;
        lock (guard)
        {
            failures[uid] = count = failures.GetValueOrDefault(uid) + 1;
        }

        await Task.Delay(TimeSpan.FromMilliseconds(50 * Math.Pow(2, Math.Min(count, 10))), time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Enqueue([uid]);
    }

    private void Enqueue(IReadOnlyCollection<string> uids)
    {
        lock (guard)
        {
            foreach (var uid in uids.Where(queued.Add))
            {
                queue.Writer.TryWrite(uid);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "garbage-collector {what}: {reason}")]
    private partial void Failed(string what, string reason);
}
