using System.Collections.Immutable;
using k8s;
using k8s.Models;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Watching;

/// <summary>A snapshot after a change of the API. Of Services and slices the names (namespace/name) of the Services concerned are added to a set; of the pods of all nodes their own.</summary>
public static class SnapshotChanges
{
    public static ClusterSnapshot Read(this ClusterSnapshot snapshot, WatchChange<Node> change) => change.After(snapshot.Nodes, n => n.Name, SameRecords.Same) is var nodes
        && ReferenceEquals(nodes, snapshot.Nodes) ? snapshot : snapshot with { Nodes = nodes };

    public static ClusterSnapshot Read(this ClusterSnapshot snapshot, WatchChange<Namespace> change) => change.After(snapshot.Namespaces, n => n.Name, SameRecords.Same) is var namespaces
        && ReferenceEquals(namespaces, snapshot.Namespaces) ? snapshot : snapshot with { Namespaces = namespaces };

    public static ClusterSnapshot Read(this ClusterSnapshot snapshot, WatchChange<Pod> change) => change.After(snapshot.Pods, p => p.Key, SameRecords.Same) is var pods
        && ReferenceEquals(pods, snapshot.Pods) ? snapshot : snapshot with { Pods = pods };

    public static ClusterSnapshot Read(this ClusterSnapshot snapshot, WatchChange<V1NetworkPolicy> change) => snapshot with { NetworkPolicies = change.After(snapshot.NetworkPolicies, KeyOf, PolicyReader.Read) };

    public static ClusterSnapshot Read(this ClusterSnapshot snapshot, WatchChange<ClusterNetworkPolicy> change) =>
        snapshot with { ClusterNetworkPolicies = change.After(snapshot.ClusterNetworkPolicies, p => p.Name, p => p) };

    /// <summary>Pods of all nodes.</summary>
    public static ImmutableDictionary<string, Pod> Read(ImmutableDictionary<string, Pod> pods, WatchChange<Pod> change, HashSet<string> names)
    {
        var after = change.After(pods, p => p.Key, SameRecords.Same);
        if (!ReferenceEquals(after, pods))
            Name(change, pods.Keys, p => p.Key, names);
        return after;
    }

    public static ClusterSnapshot Read(this ClusterSnapshot snapshot, WatchChange<V1Ingress> change) => snapshot with { Ingresses = change.After(snapshot.Ingresses, KeyOf, IngressReader.Read) };

    public static ClusterSnapshot Read(this ClusterSnapshot snapshot, WatchChange<V1IngressClass> change) =>
        snapshot with { IngressClasses = change.After(snapshot.IngressClasses, c => c.Metadata.Name, IngressReader.Read) };

    public static ClusterSnapshot Read(this ClusterSnapshot snapshot, WatchChange<V1Service> change, HashSet<string> services) => snapshot.Read(change.As(LeanReader.Service), services);

    public static ClusterSnapshot Read(this ClusterSnapshot snapshot, WatchChange<Service> change, HashSet<string> services)
    {
        var after = change.After(snapshot.Services, s => s.Key, SameRecords.Same);
        if (ReferenceEquals(after, snapshot.Services))
            return snapshot;
        Name(change, snapshot.Services.Keys, s => s.Key, services);
        return snapshot with { Services = after };
    }

    public static ClusterSnapshot Read(this ClusterSnapshot snapshot, WatchChange<EndpointSlice> change, HashSet<string> services)
    {
        if (change.Kind == WatchChangeKind.Replaced)
            return Replace(snapshot, change.Objects, services);
        var slice = change.Objects[0];
        // A slice that is new to its Service, and to nobody else, was another's: its label names the Service, and labels change.
        if (!change.IsNew && !snapshot.SlicesOf(slice.ServiceKey).ContainsKey(slice.Name)
            && snapshot.EndpointSlices.Values.FirstOrDefault(s => s.TryGetValue(slice.Name, out var held) && held.Namespace == slice.Namespace)?[slice.Name] is { } former)
            snapshot = Put(snapshot, former, false, services);
        return Put(snapshot, slice, change.Kind == WatchChangeKind.Upserted, services);
    }

    public static ClusterSnapshot Read(this ClusterSnapshot snapshot, WatchChange<ServedEndpoints> change, HashSet<string> services)
    {
        if (change.Kind == WatchChangeKind.Replaced)
            return Replace(snapshot, change.Objects.SelectMany(e => e.Slices), services);
        var endpoints = change.Objects[0];
        var slices = change.Kind == WatchChangeKind.Upserted ? endpoints.Slices : [];
        foreach (var held in snapshot.SlicesOf($"{endpoints.Namespace}/{endpoints.Name}").Values.Where(h => !slices.Any(s => s.Name == h.Name)))
            snapshot = Put(snapshot, held, false, services);
        foreach (var slice in slices)
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
        if (slice.ServiceName.Length == 0 || (there && snapshot.SlicesOf(slice.ServiceKey).GetValueOrDefault(slice.Name) is { } held && SameRecords.Same(held, slice)))
            return snapshot;
        services.Add(slice.ServiceKey);
        return there ? snapshot.With(slice) : snapshot.Without(slice);
    }

    private static void Name<T>(WatchChange<T> change, IEnumerable<string> before, Func<T, string> key, HashSet<string> names)
    {
        if (change.Kind == WatchChangeKind.Replaced)
            names.UnionWith(before);
        names.UnionWith(change.Objects.Select(key));
    }

    private static string KeyOf(IMetadata<V1ObjectMeta> of) => $"{of.Metadata.NamespaceProperty}/{of.Metadata.Name}";
}
