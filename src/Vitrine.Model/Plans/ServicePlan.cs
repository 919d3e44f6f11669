using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Model.Plans.Services;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans;

/// <summary>
/// Whom a node hands connections to Services to. A plan made from its predecessor costs what has changed: a Service is compiled again only when it or
/// its slices are other instances.
/// </summary>
public sealed record ServicePlan
{
    private ImmutableDictionary<string, Node> nodes = ImmutableDictionary<string, Node>.Empty;

    private ServicePlan()
    {
    }

    /// <summary>Those of <see cref="Services"/> that have load balancer addresses or a health-check node port: far fewer.</summary>
    internal ImmutableDictionary<string, PlannedService> LoadBalancers { get; private init; } = ImmutableDictionary<string, PlannedService>.Empty;

    public required Locality Here { get; init; }

    public required ServiceRules Rules { get; init; }

    /// <summary>By namespace/name; those that have front ends of ours.</summary>
    public required ImmutableDictionary<string, PlannedService> Services { get; init; }

    /// <summary>Services that want a front end, by namespace/name; the first has it.</summary>
    public required ImmutableDictionary<FrontEndKey, ImmutableArray<string>> Claims { get; init; }

    /// <summary>Front ends that several Services want: few, so that a look at all of them is no look at all Services.</summary>
    public ImmutableHashSet<FrontEndKey> Contested { get; private init; } = [];

    /// <summary>Services with a health-check node port.</summary>
    public required ImmutableArray<ServiceHealth> Health { get; init; }

    /// <summary>Load balancer addresses that this node, and no other, answers for on its links.</summary>
    public required ImmutableArray<IPAddress> Announced { get; init; }

    /// <summary>Pod ranges of this node: what is sent between two of them, or to one of them, passes here on its way back too.</summary>
    public required ImmutableArray<IPNetwork> OwnPods { get; init; }

    /// <summary>Pod ranges of all nodes: who sends from one is inside.</summary>
    public required ImmutableArray<IPNetwork> AllPods { get; init; }

    /// <summary>Pure: the same snapshot gives the same plan.</summary>
    /// <param name="snapshot">the cluster</param>
    /// <param name="nodeName">whose plan; a node the cluster does not know has no local endpoints and no zone</param>
    /// <param name="rules">the operator's decisions</param>
    /// <param name="previous">an earlier plan of the same node, for speed alone</param>
    /// <param name="changed">Services by namespace/name that may differ from those of <paramref name="previous"/>; null to look at all</param>
    public static ServicePlan Compile(ClusterSnapshot snapshot, string nodeName, ServiceRules? rules = null, ServicePlan? previous = null, IReadOnlySet<string>? changed = null)
    {
        var own = snapshot.Nodes.GetValueOrDefault(nodeName);
        var here = new Locality(nodeName, own?.Labels.GetValueOrDefault(Locality.ZoneLabel) ?? "");
        rules ??= ServiceRules.Default;
        var reusable = previous is not null && previous.Here == here && ReferenceEquals(previous.Rules, rules);
        var work = new ServicePlanner(snapshot, here, rules, reusable ? previous : null);
        if (reusable && changed is not null)
            work.Update(changed);
        else
            work.UpdateAll();
        var sameNodes = previous is not null && reusable && ReferenceEquals(previous.nodes, snapshot.Nodes) ? previous : null;
        var announced = sameNodes is not null && !work.TouchedLoadBalancers
            ? sameNodes.Announced
            : Announcement.Of(snapshot, work.LoadBalancers, nodeName);
        return new ServicePlan
        {
            Here = here, Rules = rules, Services = work.Services, Claims = work.Claims, Contested = work.Contested, LoadBalancers = work.LoadBalancers, nodes = snapshot.Nodes,
            Health = [.. work.LoadBalancers.Values.Select(s => s.Health).OfType<ServiceHealth>().OrderBy(h => h.NodePort).ThenBy(h => h.Service, StringComparer.Ordinal)],
            Announced = announced, OwnPods = sameNodes?.OwnPods ?? Ranges([own]), AllPods = sameNodes?.AllPods ?? Ranges(snapshot.Nodes.Values),
        };
    }

    /// <summary>Whether a Service has one of its front ends, or another that came before it.</summary>
    /// <param name="service">namespace/name, one of <see cref="Services"/></param>
    /// <param name="key">one of its front ends</param>
    public bool Has(string service, FrontEndKey key) => Contested.IsEmpty || !Contested.Contains(key) || Claims[key][0] == service;

    /// <summary>The Service that has a front end, or null.</summary>
    public PlannedService? OwnerOf(FrontEndKey key) => Claims.TryGetValue(key, out var claims) ? Services[claims[0]] : null;

    /// <summary>What a connection to an address meets. A node's own address is looked for among the node ports when no Service has it.</summary>
    public (PlannedPort Port, FrontEnd FrontEnd)? Find(IPAddress address, byte protocol, int port, bool isAddressOfNode)
    {
        var key = new FrontEndKey(address, protocol, (ushort)port);
        if (OwnerOf(key) is null && isAddressOfNode)
            key = FrontEndKey.NodePort(address.AddressFamily, protocol, port);
        return OwnerOf(key)?.FrontEnds.FirstOrDefault(f => f.FrontEnd.Key == key) is { FrontEnd: not null } found ? found : null;
    }

    /// <summary>True when a client's own address reaches the backend; else it sees this node's, since the answer would not come back through this node.</summary>
    public bool KeepsSource(IPAddress client, IPAddress backend) =>
        !client.Equals(backend) && !IPAddress.IsLoopback(client) && (OwnPods.Any(r => r.Contains(client)) || OwnPods.Any(r => r.Contains(backend)));

    /// <summary>Inside are pods, and this node itself: externalTrafficPolicy Local is not for them.</summary>
    public bool IsInside(IPAddress client, bool isAddressOfNode) => isAddressOfNode || AllPods.Any(r => r.Contains(client));

    /// <summary>What is not done, and why.</summary>
    public IEnumerable<ServiceRefusal> Refusals =>
        Services.Values.SelectMany(s => s.Refusals)
            .Concat(Contested.SelectMany(key => Claims[key].Skip(1).Select(s => new ServiceRefusal($"service/{s}", $"{key} is service/{Claims[key][0]}'s already; it is not served"))))
            .OrderBy(r => r.Owner, StringComparer.Ordinal).ThenBy(r => r.Problem, StringComparer.Ordinal);

    /// <summary>The plan for people, in a stable order.</summary>
    public override string ToString() => ServicePlanText.Write(this);

    private static ImmutableArray<IPNetwork> Ranges(IEnumerable<Node?> nodes) =>
        [.. nodes.OfType<Node>().SelectMany(n => n.PodCidrs).Distinct().OrderBy(r => r.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6).ThenBy(r => r.ToString(), StringComparer.Ordinal)];
}
