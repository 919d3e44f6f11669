using k8s;
using Vitrine.Model.Snapshot;
using Vitrine.Model.Watching;

namespace Vitrine.Explaining;

/// <summary>The cluster as whoever tells of connections has to know it: nodes, pods, Services and policies, kept by one watch.</summary>
internal sealed class WatchedCluster : IAsyncDisposable
{
    private readonly Kubernetes api;
    private readonly SnapshotFeed feed;
    private readonly CancellationTokenSource stop;
    private readonly Lock taking = new();
    private ClusterSnapshot? taken;

    private WatchedCluster(Kubernetes api, SnapshotFeed feed, CancellationTokenSource stop, Task watching) => (this.api, this.feed, this.stop, Watching) = (api, feed, stop, watching);

    /// <summary>As it is now; the same instance for as long as nothing changes, so that what is made of it can be kept. For any thread.</summary>
    public ClusterSnapshot Snapshot
    {
        get
        {
            lock (taking)
                return taken = taken is null || feed.Signal.Reader.TryRead(out _) ? feed.Take()!.Value.Snapshot : taken;
        }
    }

    /// <summary>Ends when the watch is cancelled, or fails for good.</summary>
    public Task Watching { get; }

    /// <summary>Once everything is listed.</summary>
    /// <param name="kubeconfig">file</param>
    /// <param name="failed">hears why a request did not work</param>
    /// <param name="time">the clock</param>
    /// <param name="ct">ends the watch</param>
    public static async Task<WatchedCluster> OpenAsync(string kubeconfig, Action<string> failed, TimeProvider time, CancellationToken ct)
    {
        var api = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));
        var watch = new AgentWatch(api, "", failed, time);
        var feed = watch.Subscribe(WatchedKinds.Nodes | WatchedKinds.Services | WatchedKinds.Namespaces | WatchedKinds.AllPods | WatchedKinds.Policies);
        var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var cluster = new WatchedCluster(api, feed, stop, watch.RunAsync(stop.Token));
        try
        {
            while (feed.Take() is null)
                await (await Task.WhenAny(feed.Signal.Reader.ReadAsync(stop.Token).AsTask(), cluster.Watching));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
        api.Dispose();
    }
}
