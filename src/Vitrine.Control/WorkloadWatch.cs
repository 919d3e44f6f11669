using System.Text.Json;
using System.Threading.Channels;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Vitrine.Control.Api;
using Vitrine.Control.Endpoints;
using Vitrine.Control.Gateways;
using Vitrine.Control.Pods;
using Vitrine.Control.Revisions;
using Vitrine.Control.Services;
using Vitrine.Model.Snapshot;
using Vitrine.Model.Watching;

namespace Vitrine.Control;

/// <summary>
/// The first stage of the workload controllers: watches of whole objects → one immutable snapshot. Pods, nodes and namespaces come
/// from <see cref="ClusterWatch"/>, so that nothing is watched twice.
/// </summary>
internal sealed partial class WorkloadWatch(Kubernetes client, Func<ClusterSnapshot> cluster, ILogger logger, TimeProvider time)
{
    private readonly List<Channel<bool>> readers = [];
    private readonly Lock writing = new();
    private readonly HashSet<string> unlisted = ["pods", "nodes", "namespaces"];
    private ControlSnapshot current = ControlSnapshot.Empty;

    public ControlSnapshot Current
    {
        get
        {
            lock (writing)
            {
                return current with { Cluster = cluster() };
            }
        }
    }

    /// <summary>Also hears of every change of a Service: each is watched once.</summary>
    public Action<WatchChange<V1Service>>? ServicesChanged { get; set; }

    public void Pods(WatchChange<V1Pod> change) => Take(
        "pods", change with { Objects = [.. change.Objects.Select(PodTrim.Read)] }, static s => s.Pods, static (s, o) => s with { Pods = o });

    public void Nodes(WatchChange<V1Node> change) => Take("nodes", change, static s => s.Nodes, static (s, o) => s with { Nodes = o });

    public void Namespaces(WatchChange<V1Namespace> change) => Take("namespaces", change, static s => s.Namespaces, static (s, o) => s with { Namespaces = o });

    /// <summary>One signal each time something changed, folded while the reader is busy; the first once every kind was listed.</summary>
    public ChannelReader<bool> Subscribe()
    {
        var signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        lock (writing)
        {
            readers.Add(signal);
            if (unlisted.Count == 0)
            {
                signal.Writer.TryWrite(true);
            }
        }

        return signal.Reader;
    }

    /// <summary>Asks for another look: something that is watched elsewhere changed.</summary>
    public void Again()
    {
        lock (writing)
        {
            if (unlisted.Count == 0)
            {
                readers.ForEach(r => r.Writer.TryWrite(true));
            }
        }
    }

    /// <summary>Watches until cancelled. Call <see cref="Subscribe"/> before or after, as you like.</summary>
    public Task RunAsync(CancellationToken ct)
    {
        Task[] all =
        [
            FollowAsync(Resource.ReplicationControllers, static s => s.ReplicationControllers, static (s, o) => s with { ReplicationControllers = o }, ct),
            FollowAsync(Resource.ReplicaSets, static s => s.ReplicaSets, static (s, o) => s with { ReplicaSets = o }, ct),
            FollowAsync(Resource.Deployments, static s => s.Deployments, static (s, o) => s with { Deployments = o }, ct),
            FollowAsync(Resource.DaemonSets, static s => s.DaemonSets, static (s, o) => s with { DaemonSets = o }, ct),
            FollowAsync(Resource.StatefulSets, static s => s.StatefulSets, static (s, o) => s with { StatefulSets = o }, ct),
            FollowAsync(Resource.ControllerRevisions, static s => s.ControllerRevisions, static (s, o) => s with { ControllerRevisions = o }, ct, Revision.Read),
            FollowAsync(Resource.Jobs, static s => s.Jobs, static (s, o) => s with { Jobs = o }, ct),
            FollowAsync(Resource.CronJobs, static s => s.CronJobs, static (s, o) => s with { CronJobs = o }, ct),
            FollowAsync(Resource.PodDisruptionBudgets, static s => s.PodDisruptionBudgets, static (s, o) => s with { PodDisruptionBudgets = o }, ct),
            FollowAsync(Resource.CertificateSigningRequests, static s => s.CertificateSigningRequests, static (s, o) => s with { CertificateSigningRequests = o }, ct),
            .. Routes(ct),
            FollowAsync(Resource.NetworkPolicies, static s => s.NetworkPolicies, static (s, o) => s with { NetworkPolicies = o }, ct, and: static (s, c) => s with { Routes = s.Routes.Read(c) }),
            Restart.RunAsync("watch of clusternetworkpolicies", ClusterPoliciesAsync, logger, time, ct),
            GatewaySlices(ct),
            FollowAsync(Resource.Leases, static s => s.Leases, static (s, o) => s with { Leases = o }, ct),
        ];
        return Task.WhenAll(all);
    }

    /// <summary>The same for those who look after the network alone: no workloads, and of pods the proxies at most.</summary>
    /// <param name="slices">the API has EndpointSlices; without them doors have Endpoints</param>
    /// <param name="proxies">namespace and label selector of the proxies' pods; null where every node has one</param>
    /// <param name="ct">ends it</param>
    public Task RunNetworkAsync(bool slices, (string Namespace, string Selector)? proxies, CancellationToken ct)
    {
        lock (writing)
        {
            unlisted.Remove("pods");
        }

        Task[] all =
        [
            .. Routes(ct),
            slices ? GatewaySlices(ct) : FollowAsync(Resource.Endpoints, static s => s.GatewayEndpoints, static (s, o) => s with { GatewayEndpoints = o }, ct, selector: OfGateway),
            .. proxies is var (ns, selector)
                ? [FollowAsync(Resource.Pods, static s => s.Proxies ?? ObjectSet<V1Pod>.Empty, static (s, o) => s with { Proxies = o }, ct, selector: $"labelSelector={Uri.EscapeDataString(selector)}", ns: ns)]
                : Array.Empty<Task>(),
        ];
        return Task.WhenAll(all);
    }

    private static string OfGateway => $"labelSelector={Uri.EscapeDataString($"{EndpointLabels.ManagedBy}={GatewayEntry.SliceManager}")}";

    private IEnumerable<Task> Routes(CancellationToken ct) =>
    [
        FollowAsync(Resource.Services, static s => s.Services, static (s, o) => s with { Services = o }, ct, also: ServicesChanged, and: static (s, c) => s with { Doors = s.Doors.Apply(c.Only(Doors.Has)), Routes = s.Routes.Read(c, []) }),
        FollowAsync(Resource.Ingresses, static s => s.Ingresses, static (s, o) => s with { Ingresses = o }, ct, and: static (s, c) => s with { Routes = s.Routes.Read(c) }),
        FollowAsync(Resource.IngressClasses, static s => s.IngressClasses, static (s, o) => s with { IngressClasses = o }, ct, and: static (s, c) => s with { Routes = s.Routes.Read(c) }),
    ];

    private Task GatewaySlices(CancellationToken ct) => FollowAsync(Resource.EndpointSlices, static s => s.GatewaySlices, static (s, o) => s with { GatewaySlices = o }, ct, selector: OfGateway);

    private Task FollowAsync<T>(
        Resource resource, Func<ControlSnapshot, ObjectSet<T>> get, Func<ControlSnapshot, ObjectSet<T>, ControlSnapshot> set, CancellationToken ct, Func<JsonElement, T>? read = null,
        Action<WatchChange<T>>? also = null, string selector = "", Func<ControlSnapshot, WatchChange<T>, ControlSnapshot>? and = null, string? ns = null)
        where T : class, IMetadata<V1ObjectMeta>
    {
        lock (writing)
        {
            unlisted.Add(resource.Plural);
        }

        return Restart.RunAsync($"watch of {resource.Plural}", RunAsync, logger, time, ct);

        async Task RunAsync(CancellationToken stop)
        {
            await foreach (var change in new ResourceWatch<T>(client, resource.In(ns), selector, time, read).RunAsync(Failed, stop))
            {
                also?.Invoke(change);
                Take(resource.Plural, change, get, set, and);
            }
        }
    }

    private Task ClusterPoliciesAsync(CancellationToken ct)
    {
        var kinds = new OptionalKinds(client, Failed, time, new ApiDoor(time));
        return Task.WhenAll(kinds.RunAsync(ct), FollowAsync());

        async Task FollowAsync()
        {
            await foreach (var change in ClusterPolicyWatch.RunAsync(kinds, ct))
            {
                Take("clusternetworkpolicies", s => s with { Routes = s.Routes.Read(change) });
            }
        }
    }

    private void Take<T>(string what, WatchChange<T> change, Func<ControlSnapshot, ObjectSet<T>> get, Func<ControlSnapshot, ObjectSet<T>, ControlSnapshot> set, Func<ControlSnapshot, WatchChange<T>, ControlSnapshot>? and = null)
        where T : class, IMetadata<V1ObjectMeta> => Take(what, s =>
        {
            var taken = set(s, get(s).Apply(change));
            return and?.Invoke(taken, change) ?? taken;
        });

    private void Take(string what, Func<ControlSnapshot, ControlSnapshot> step)
    {
        lock (writing)
        {
            current = step(current);
            unlisted.Remove(what);
            if (unlisted.Count == 0)
            {
                readers.ForEach(r => r.Writer.TryWrite(true));
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{reason}")]
    private partial void Failed(string reason);
}
