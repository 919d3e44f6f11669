using System.Collections.Immutable;
using System.Net;
using k8s;
using k8s.Models;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Watching;

/// <summary>
/// What the parts of a node have to know of the cluster, watched once for all of them: ten thousand Services are held and parsed one time. An API without
/// discovery.k8s.io/v1 gives Endpoints instead of slices. While the API is away the last snapshot stays.
/// </summary>
/// <param name="client">the API</param>
/// <param name="nodeName">whose pods</param>
/// <param name="failed">hears why a request did not work</param>
/// <param name="time">the clock</param>
public sealed class AgentWatch(Kubernetes client, string nodeName, Action<string> failed, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1), Patience = TimeSpan.FromSeconds(2);
    private readonly Lock writing = new();
    private readonly List<SnapshotFeed> feeds = [];
    private ClusterSnapshot current = ClusterSnapshot.Empty;
    private ImmutableDictionary<string, Pod> allPods = ImmutableDictionary<string, Pod>.Empty;
    private WatchedKinds listed;
    private readonly HashSet<Type> unlistedPolicies = [typeof(V1NetworkPolicy), typeof(ClusterNetworkPolicy)];
    private readonly HashSet<string> unlisted = [.. GatewayResources.All.Select(r => r.Plural)];
    private bool running, offered;

    /// <summary>The cluster as an agent before this one knew it; null where that is not known.</summary>
    public ClusterSnapshot? Earlier { get; init; }

    /// <summary>A new reader; before <see cref="RunAsync"/>, which watches what was subscribed to.</summary>
    /// <param name="kinds">what it is to hear of</param>
    /// <param name="orEarlier">it takes <see cref="Earlier"/> while the API has not answered for a moment</param>
    public SnapshotFeed Subscribe(WatchedKinds kinds, bool orEarlier = false)
    {
        if (running)
            throw new InvalidOperationException("the watch runs already");
        var feed = new SnapshotFeed(this, kinds, orEarlier);
        feeds.Add(feed);
        return feed;
    }

    /// <summary>Until cancelled, or one of the watches fails for good.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        running = true;
        var wanted = feeds.Aggregate(WatchedKinds.None, (all, f) => all | f.Kinds);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] all = [.. Watches(wanted, stop.Token), OfferEarlierAsync(stop.Token)];
        try
        {
            await (await Task.WhenAny(all).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal (ClusterSnapshot Snapshot, HashSet<string> Changed)? Take(SnapshotFeed feed)
    {
        lock (writing)
        {
            if ((listed & feed.Kinds) != feed.Kinds)
                return offered && feed.OrEarlier ? (Earlier!, feed.TakeEarlier(Earlier!.Services.Keys)) : null;
            return (feed.Kinds.HasFlag(WatchedKinds.AllPods) ? current with { Pods = allPods } : current, feed.TakeChanged());
        }
    }

    private async Task OfferEarlierAsync(CancellationToken ct)
    {
        await Task.Delay(Earlier is null ? Timeout.InfiniteTimeSpan : Patience, time, ct).ConfigureAwait(false);
        lock (writing)
        {
            offered = true;
            foreach (var feed in feeds.Where(f => f.OrEarlier))
                feed.Signal.Writer.TryWrite(true);
        }
        await Task.Delay(Timeout.InfiniteTimeSpan, time, ct).ConfigureAwait(false);
    }

    private IEnumerable<Task> Watches(WatchedKinds wanted, CancellationToken ct)
    {
        if (wanted.HasFlag(WatchedKinds.Nodes))
            yield return FollowAsync<V1Node>(WatchedKinds.Nodes, "api/v1/nodes", "", (s, c, _) => s.Read(c), ct);
        if (wanted.HasFlag(WatchedKinds.Services))
            yield return FollowAsync<V1Service>(WatchedKinds.Services, "api/v1/services", "", SnapshotChanges.Read, ct);
        if (wanted.HasFlag(WatchedKinds.Slices))
            yield return FollowSlicesAsync(ct);
        if (wanted.HasFlag(WatchedKinds.Namespaces))
            yield return FollowAsync<V1Namespace>(WatchedKinds.Namespaces, "api/v1/namespaces", "", (s, c, _) => s.Read(c), ct);
        if (wanted.HasFlag(WatchedKinds.Ingresses))
            yield return FollowAsync<V1Ingress>(WatchedKinds.Ingresses, "apis/networking.k8s.io/v1/ingresses", "", (s, c, _) => s.Read(c), ct);
        if (wanted.HasFlag(WatchedKinds.IngressClasses))
            yield return FollowAsync<V1IngressClass>(WatchedKinds.IngressClasses, "apis/networking.k8s.io/v1/ingressclasses", "", (s, c, _) => s.Read(c), ct);
        if (wanted.HasFlag(WatchedKinds.GatewayApi))
            foreach (var resource in GatewayResources.All)
                yield return FollowAsync(resource, ct);
        if (wanted.HasFlag(WatchedKinds.Policies))
        {
            yield return FollowPoliciesAsync(new ResourceWatch<V1NetworkPolicy>(client, "apis/networking.k8s.io/v1/networkpolicies", "", time).RunAsync(failed, ct), SnapshotChanges.Read);
            yield return FollowPoliciesAsync(ClusterPolicyWatch.RunAsync(client, failed, time, ct), SnapshotChanges.Read);
        }
        if (wanted.HasFlag(WatchedKinds.AllPods))
            yield return FollowAllPodsAsync(ct);
        else if (wanted.HasFlag(WatchedKinds.Pods))
            yield return FollowAsync<V1Pod>(WatchedKinds.Pods, "api/v1/pods", $"fieldSelector=spec.nodeName%3D{nodeName}", (s, c, _) => s.Read(c), ct);
    }

    private async Task FollowSlicesAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                using var answer = await client.HttpClient.GetAsync(new Uri(client.BaseUri, "apis/discovery.k8s.io/v1"), ct).ConfigureAwait(false);
                if (answer.StatusCode == HttpStatusCode.NotFound)
                    await FollowAsync<V1Endpoints>(WatchedKinds.Slices, "api/v1/endpoints", "", SnapshotChanges.Read, ct).ConfigureAwait(false);
                answer.EnsureSuccessStatusCode();
                await FollowAsync<V1EndpointSlice>(WatchedKinds.Slices, "apis/discovery.k8s.io/v1/endpointslices", "", SnapshotChanges.Read, ct).ConfigureAwait(false);
            }
            catch (HttpRequestException e)
            {
                failed(e.Message);
            }
            await Task.Delay(Pause, time, ct).ConfigureAwait(false);
        }
    }

    private async Task FollowPoliciesAsync<T>(IAsyncEnumerable<WatchChange<T>> changes, Func<ClusterSnapshot, WatchChange<T>, ClusterSnapshot> read)
    {
        await foreach (var change in changes.ConfigureAwait(false))
            lock (writing)
            {
                current = read(current, change);
                unlistedPolicies.Remove(typeof(T));
                listed |= unlistedPolicies.Count == 0 ? WatchedKinds.Policies : WatchedKinds.None;
                foreach (var feed in feeds)
                    feed.Hear(WatchedKinds.Policies, []);
            }
    }

    /// <summary>Those of this node are among them, so there is one watch; who wants only them is not woken for others.</summary>
    private async Task FollowAllPodsAsync(CancellationToken ct)
    {
        await foreach (var change in new ResourceWatch<V1Pod>(client, "api/v1/pods", "", time).RunAsync(failed, ct).ConfigureAwait(false))
            lock (writing)
            {
                var (names, own) = (new HashSet<string>(StringComparer.Ordinal), current.Pods);
                allPods = SnapshotChanges.Read(allPods, change, names);
                current = current.Read(change.Only(p => p.Spec.NodeName == nodeName));
                listed |= WatchedKinds.AllPods | WatchedKinds.Pods;
                foreach (var feed in feeds)
                {
                    feed.Hear(WatchedKinds.AllPods, names);
                    if (change.Kind == WatchChangeKind.Replaced || !ReferenceEquals(own, current.Pods))
                        feed.Hear(WatchedKinds.Pods, []);
                }
            }
    }

    private async Task FollowAsync(GatewayResource resource, CancellationToken ct)
    {
        await foreach (var change in resource.WatchAsync(client, failed, time, ct).ConfigureAwait(false))
            lock (writing)
            {
                current = resource.After(current, change);
                unlisted.Remove(resource.Plural);
                listed |= unlisted.Count == 0 ? WatchedKinds.GatewayApi : WatchedKinds.None;
                foreach (var feed in feeds)
                    feed.Hear(WatchedKinds.GatewayApi, []);
            }
    }

    private async Task FollowAsync<T>(
        WatchedKinds kind, string path, string selector, Func<ClusterSnapshot, WatchChange<T>, HashSet<string>, ClusterSnapshot> read, CancellationToken ct) where T : class
    {
        await foreach (var change in new ResourceWatch<T>(client, path, selector, time).RunAsync(failed, ct).ConfigureAwait(false))
            lock (writing)
            {
                var services = new HashSet<string>(StringComparer.Ordinal);
                current = read(current, change, services);
                listed |= kind;
                foreach (var feed in feeds)
                    feed.Hear(kind, services);
            }
    }
}
