using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using k8s;
using k8s.Models;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Watching;

/// <summary>
/// What the parts of a node have to know of the cluster, watched once for all of them: ten thousand Services are held and parsed one time. An API without
/// discovery.k8s.io gives Endpoints instead of slices. While the API is away the last snapshot stays. What says nothing new, such as a node's report of its
/// health, wakes nobody.
/// </summary>
/// <param name="client">the API</param>
/// <param name="nodeName">whose pods</param>
/// <param name="failed">hears why a request did not work</param>
/// <param name="time">the clock</param>
public sealed class AgentWatch(Kubernetes client, string nodeName, Action<string> failed, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly ApiDoor door = new(time);
    private readonly Lock writing = new();
    private readonly List<SnapshotFeed> feeds = [];
    private ClusterSnapshot current = ClusterSnapshot.Empty;
    private ImmutableDictionary<string, Pod> allPods = ImmutableDictionary<string, Pod>.Empty;
    private WatchedKinds listed;
    private readonly HashSet<Type> unlistedPolicies = [typeof(V1NetworkPolicy), typeof(ClusterNetworkPolicy)];
    private readonly HashSet<string> unlisted = [.. GatewayResources.All.Select(r => r.Plural)];
    private readonly TaskCompletionSource policed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private OptionalKinds optional = null!;
    private WatchedKinds wanted;
    private bool running, offered;

    /// <summary>The cluster as an agent before this one knew it; null where that is not known.</summary>
    public ClusterSnapshot? Earlier { get; init; }

    /// <summary>For whoever else of this process asks the same API.</summary>
    internal ApiDoor Door => door;

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
        optional = new OptionalKinds(client, failed, time, door);
        wanted = feeds.Aggregate(WatchedKinds.None, (all, f) => all | f.Kinds);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] all = [.. Watches(stop.Token), OfferEarlierAsync(stop.Token)];
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
            return ((feed.Kinds & (WatchedKinds.AllPods | WatchedKinds.PeerPods)) != 0 ? current with { Pods = allPods } : current, feed.TakeChanged());
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

    private string OwnPods => $"fieldSelector=spec.nodeName%3D{nodeName}";

    private IEnumerable<Task> Watches(CancellationToken ct)
    {
        if (wanted.HasFlag(WatchedKinds.Nodes))
            yield return FollowAsync(WatchedKinds.Nodes, "api/v1/nodes", "", new LeanReader().Node, (s, c, _) => s.Read(c), ct);
        if (wanted.HasFlag(WatchedKinds.Services))
            yield return FollowAsync(WatchedKinds.Services, "api/v1/services", "", static e => LeanReader.Service(e), SnapshotChanges.Read, ct);
        if (wanted.HasFlag(WatchedKinds.Slices))
            yield return FollowSlicesAsync(ct);
        if (wanted.HasFlag(WatchedKinds.Namespaces))
            yield return FollowAsync(WatchedKinds.Namespaces, "api/v1/namespaces", "", LeanReader.Namespace, (s, c, _) => s.Read(c), ct);
        if (wanted.HasFlag(WatchedKinds.Ingresses))
            yield return FollowAsync<V1Ingress>(WatchedKinds.Ingresses, "apis/networking.k8s.io/v1/ingresses", "", null, (s, c, _) => s.Read(c), ct);
        if (wanted.HasFlag(WatchedKinds.IngressClasses))
            yield return FollowAsync<V1IngressClass>(WatchedKinds.IngressClasses, "apis/networking.k8s.io/v1/ingressclasses", "", null, (s, c, _) => s.Read(c), ct);
        if ((wanted & (WatchedKinds.GatewayApi | WatchedKinds.Policies)) != 0)
            yield return optional.RunAsync(ct);
        if (wanted.HasFlag(WatchedKinds.GatewayApi))
            foreach (var resource in GatewayResources.All)
                yield return FollowAsync(resource, ct);
        if (wanted.HasFlag(WatchedKinds.Policies))
        {
            yield return FollowPoliciesAsync(new ResourceWatch<V1NetworkPolicy>(client, "apis/networking.k8s.io/v1/networkpolicies", "", time, door: door).RunAsync(failed, ct), SnapshotChanges.Read);
            yield return FollowPoliciesAsync(ClusterPolicyWatch.RunAsync(optional, ct), SnapshotChanges.Read);
        }
        if (wanted.HasFlag(WatchedKinds.AllPods))
            yield return FollowAllPodsAsync("", ct);
        else if (wanted.HasFlag(WatchedKinds.PeerPods))
            yield return FollowPeerPodsAsync(ct);
        else if (wanted.HasFlag(WatchedKinds.Pods))
            yield return FollowAsync(WatchedKinds.Pods, "api/v1/pods", OwnPods, new LeanReader().Pod, (s, c, _) => s.Read(c), ct);
    }

    private async Task FollowSlicesAsync(CancellationToken ct)
    {
        while (true)
        {
            // Each ends where the API no longer has it, as after an upgrade.
            var served = await SliceVersion.UntilAnsweredAsync(client, door, failed, time, ct).ConfigureAwait(false);
            if (served.Length == 0)
                await FollowAsync(WatchedKinds.Slices, "api/v1/endpoints", "", EndpointsReader.Read, SnapshotChanges.Read, ct).ConfigureAwait(false);
            else
                await FollowAsync(WatchedKinds.Slices, $"apis/{SliceVersion.Group}/{served}/endpointslices", "", new LeanReader().Slice, SnapshotChanges.Read, ct, s => s == HttpStatusCode.NotFound).ConfigureAwait(false);
        }
    }

    private async Task FollowPoliciesAsync<T>(IAsyncEnumerable<WatchChange<T>> changes, Func<ClusterSnapshot, WatchChange<T>, ClusterSnapshot> read)
    {
        await foreach (var change in changes.ConfigureAwait(false))
            lock (writing)
            {
                current = read(current, change);
                unlistedPolicies.Remove(typeof(T));
                // No plan has the first policy before it has its peers.
                if ((!current.NetworkPolicies.IsEmpty || !current.ClusterNetworkPolicies.IsEmpty) && policed.TrySetResult() && !wanted.HasFlag(WatchedKinds.AllPods))
                    listed &= ~WatchedKinds.PeerPods;
                listed |= unlistedPolicies.Count == 0 ? WatchedKinds.Policies : WatchedKinds.None;
                foreach (var feed in feeds)
                    feed.Hear(WatchedKinds.Policies, []);
            }
    }

    /// <summary>A cluster without policies does not send every pod to every node.</summary>
    private async Task FollowPeerPodsAsync(CancellationToken ct)
    {
        using var until = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var own = FollowAllPodsAsync(OwnPods, until.Token);
        await Task.WhenAny(own, policed.Task).ConfigureAwait(false);
        await until.CancelAsync().ConfigureAwait(false);
        await own.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
        await FollowAllPodsAsync("", ct).ConfigureAwait(false);
    }

    /// <summary>Those of this node are among them, so there is one watch; who wants only them is not woken for others.</summary>
    private async Task FollowAllPodsAsync(string selector, CancellationToken ct)
    {
        const WatchedKinds All = WatchedKinds.AllPods | WatchedKinds.PeerPods;
        await foreach (var change in new ResourceWatch<Pod>(client, "api/v1/pods", selector, time, new LeanReader().Pod, door: door).RunAsync(failed, ct).ConfigureAwait(false))
            lock (writing)
            {
                if (ct.IsCancellationRequested || (selector.Length > 0 && policed.Task.IsCompleted))
                    return;
                var (names, own, all, first) = (new HashSet<string>(StringComparer.Ordinal), current.Pods, allPods, !listed.HasFlag(All));
                allPods = SnapshotChanges.Read(allPods, change, names);
                current = current.Read(change.Only(p => p.NodeName == nodeName));
                listed |= All | WatchedKinds.Pods;
                foreach (var feed in feeds)
                {
                    if (first || !ReferenceEquals(all, allPods))
                        feed.Hear(All, names);
                    if (first || !ReferenceEquals(own, current.Pods))
                        feed.Hear(WatchedKinds.Pods, []);
                }
            }
    }

    private async Task FollowAsync(GatewayResource resource, CancellationToken ct)
    {
        await foreach (var change in resource.WatchAsync(optional, ct).ConfigureAwait(false))
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
        WatchedKinds kind, string path, string selector, Func<JsonElement, T>? read, Func<ClusterSnapshot, WatchChange<T>, HashSet<string>, ClusterSnapshot> after, CancellationToken ct, Func<HttpStatusCode, bool>? endsAt = null) where T : class
    {
        await foreach (var change in new ResourceWatch<T>(client, path, selector, time, read, door: door) { EndsAt = endsAt }.RunAsync(failed, ct).ConfigureAwait(false))
            lock (writing)
            {
                var (names, before, first) = (new HashSet<string>(StringComparer.Ordinal), current, !listed.HasFlag(kind));
                current = after(current, change, names);
                listed |= kind;
                if (!first && ReferenceEquals(before, current))
                    continue;
                foreach (var feed in feeds)
                    feed.Hear(kind, names);
            }
    }
}
