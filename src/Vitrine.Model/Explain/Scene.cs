using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Explain;

/// <summary>Everything a walk looks at.</summary>
/// <param name="Snapshot">the cluster</param>
/// <param name="Plans">the route plan of each node, the very one its agent applies</param>
/// <param name="Observations">what was read of the machines</param>
public sealed record Scene(ClusterSnapshot Snapshot, ImmutableDictionary<string, RoutePlan> Plans, Observations Observations)
{
    /// <summary>The Service plan of each node, likewise.</summary>
    public ImmutableDictionary<string, ServicePlan> Services { get; init; } = ImmutableDictionary<string, ServicePlan>.Empty;

    /// <summary>The policy plan of each node, likewise.</summary>
    public ImmutableDictionary<string, PolicyPlan> Policies { get; init; } = ImmutableDictionary<string, PolicyPlan>.Empty;

    /// <summary>Where the cluster's DNS is asked, on every node; empty where there is none of ours.</summary>
    public ImmutableArray<IPAddress> DnsAddresses { get; init; } = [];

    /// <summary>Nodes whose pods another network plugin connects: how is not known.</summary>
    public ImmutableHashSet<string> Foreign { get; init; } = [];

    /// <summary>The station as it was read, else as it is planned; null when there is neither.</summary>
    public Station? Station(string name) =>
        Observations.Stations.TryGetValue(name, out var read) ? read : PlannedStation.Of(this, name);

    /// <summary>Where packets of a place begin or end.</summary>
    public string StationOf(Place place) => place.PodKey is { } key && Snapshot.Pods.TryGetValue(key, out var pod) ? StationOf(pod) : place.Object;

    /// <summary>Where a pod's packets start: its own namespace, or its node's.</summary>
    public string StationOf(Pod pod) => pod is { HostNetwork: true, NodeName: { } node } ? Place.Node(node) : Place.Pod(pod.Key);

    /// <summary>The pod that has an address of its own, not its node's.</summary>
    public Pod? PodAt(IPAddress address) => PodAddresses.Find(Snapshot.Pods, address);

    public ServicePlan? ServicesOf(string station) => new Place(station, null).NodeName is { } node ? Services.GetValueOrDefault(node) : null;

    public PolicyPlan? PoliciesOf(string station) => new Place(station, null).NodeName is { } node ? Policies.GetValueOrDefault(node) : null;

    public RoutePlan? PlanOf(string station) => new Place(station, null).NodeName is { } node ? Plans.GetValueOrDefault(node) : null;

    /// <summary>Stations that share links with others: nodes, the host, routers between them.</summary>
    public IEnumerable<Station> Neighbours =>
        Observations.Stations.Values.Where(s => new Place(s.Name, null).PodKey is null)
            .Concat(Plans.Keys.Select(Place.Node).Where(n => !Observations.Stations.ContainsKey(n)).Select(Station).OfType<Station>())
            .OrderBy(s => s.Name, StringComparer.Ordinal);
}
