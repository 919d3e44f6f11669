using System.Collections.Immutable;
using k8s;
using k8s.Models;
using Vitrine.Model.Plans.Policies;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Watching;

/// <summary>A snapshot after a change of the API. Of Services and slices the names (namespace/name) of the Services concerned are added to a set; of the pods of all nodes their own.</summary>
public static class SnapshotChanges
{
    public static ClusterSnapshot Read(this ClusterSnapshot snapshot, WatchChange<V1Node> change) => snapshot with { Nodes = change.After(snapshot.Nodes, n => n.Metadata.Name, SnapshotReader.Read) };

    public static ClusterSnapshot Read(this ClusterSnapshot snapshot, WatchChange<V1Namespace> change) =>
        snapshot with { Namespaces = change.After(snapshot.Namespaces, n => n.Metadata.Name, SnapshotReader.Read) };

    public static ClusterSnapshot Read(this ClusterSnapshot snapshot, WatchChange<V1Pod> change) => snapshot with { Pods = change.After(snapshot.Pods, KeyOf, SnapshotReader.Read) };

    public static ClusterSnapshot Read(this ClusterSnapshot snapshot, WatchChange<V1NetworkPolicy> change) => snapshot with { NetworkPolicies = change.After(snapshot.NetworkPolicies, KeyOf, PolicyReader.Read) };

    public static ClusterSnapshot Read(this ClusterSnapshot snapshot, WatchChange<ClusterNetworkPolicy> change) =>
        snapshot with { ClusterNetworkPolicies = change.After(snapshot.ClusterNetworkPolicies, p => p.Name, p => p) };

    /// <summary>Pods of all nodes, of each what policies ask for.</summary>
    public static ImmutableDictionary<string, Pod> Read(ImmutableDictionary<string, Pod> pods, WatchChange<V1Pod> change, HashSet<string> names)
    {
        if (change.Kind == WatchChangeKind.Replaced)
            names.UnionWith(pods.Keys);
        names.UnionWith(change.Objects.Select(KeyOf));
        return change.After(pods, KeyOf, Lean);
    }

    public static ClusterSnapshot Read(this ClusterSnapshot snapshot, WatchChange<V1Ingress> change) => snapshot with { Ingresses = change.After(snapshot.Ingresses, KeyOf, IngressReader.Read) };

    public static ClusterSnapshot Read(this ClusterSnapshot snapshot, WatchChange<V1IngressClass> change) =>
        snapshot with { IngressClasses = change.After(snapshot.IngressClasses, c => c.Metadata.Name, IngressReader.Read) };

    public static ClusterSnapshot Read(this ClusterSnapshot snapshot, WatchChange<V1Service> change, HashSet<string> services)
    {
        if (change.Kind == WatchChangeKind.Replaced)
            services.UnionWith(snapshot.Services.Keys);
        services.UnionWith(change.Objects.Select(KeyOf));
        return snapshot with { Services = change.After(snapshot.Services, KeyOf, Lean) };
    }

    public static ClusterSnapshot Read(this ClusterSnapshot snapshot, WatchChange<V1EndpointSlice> change, HashSet<string> services)
    {
        if (change.Kind == WatchChangeKind.Replaced)
            return Replace(snapshot, change.Objects.Select(ServiceReader.Read).OfType<EndpointSlice>(), services);
        if (ServiceReader.Read(change.Objects[0]) is not { } slice)
            return snapshot;
        // A slice that is new to its Service, and to nobody else, was another's: its label names the Service, and labels change.
        if (!change.IsNew && !snapshot.SlicesOf(slice.ServiceKey).ContainsKey(slice.Name)
            && snapshot.EndpointSlices.Values.FirstOrDefault(s => s.TryGetValue(slice.Name, out var held) && held.Namespace == slice.Namespace)?[slice.Name] is { } former)
            snapshot = Put(snapshot, former, false, services);
        return Put(snapshot, slice, change.Kind == WatchChangeKind.Upserted, services);
    }

    public static ClusterSnapshot Read(this ClusterSnapshot snapshot, WatchChange<V1Endpoints> change, HashSet<string> services)
    {
        if (change.Kind == WatchChangeKind.Replaced)
            return Replace(snapshot, change.Objects.SelectMany(EndpointsReader.Read), services);
        foreach (var held in snapshot.SlicesOf(KeyOf(change.Objects[0])).Values)
            snapshot = Put(snapshot, held, false, services);
        if (change.Kind == WatchChangeKind.Upserted)
            foreach (var slice in EndpointsReader.Read(change.Objects[0]))
                snapshot = Put(snapshot, slice, true, services);
        return snapshot;
    }

    private static ClusterSnapshot Replace(ClusterSnapshot snapshot, IEnumerable<EndpointSlice> slices, HashSet<string> services)
    {
        services.UnionWith(snapshot.EndpointSlices.Keys);
        snapshot = snapshot with
        {
            EndpointSlices = slices.Where(s => s.ServiceName.Length > 0).GroupBy(s => s.ServiceKey).ToImmutableDictionary(g => g.Key, g => g.ToImmutableDictionary(s => s.Name)),
        };
        services.UnionWith(snapshot.EndpointSlices.Keys);
        return snapshot;
    }

    private static ClusterSnapshot Put(ClusterSnapshot snapshot, EndpointSlice slice, bool there, HashSet<string> services)
    {
        services.Add(slice.ServiceKey);
        return there ? snapshot.With(slice) : snapshot.Without(slice);
    }

    private static string KeyOf(IMetadata<V1ObjectMeta> of) => $"{of.Metadata.NamespaceProperty}/{of.Metadata.Name}";

    /// <summary>Of ten thousand Services only what the plans of a node are made of: whom they select is the endpoint controller's business.</summary>
    private static Service Lean(V1Service service) => ServiceReader.Read(service) is var read && StandIns.IsOne(read) ? read
        : read with { Selector = ImmutableDictionary<string, string>.Empty, Labels = ImmutableDictionary<string, string>.Empty };

    private static Pod Lean(V1Pod pod) => SnapshotReader.Read(pod) with
    {
        Scheduling = null, Tolerations = [], NodeSelector = ImmutableDictionary<string, string>.Empty, Requests = default, UnschedulableMessage = null,
    };
}
