using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Agent.Pods;
using Vitrine.Clusters;
using Vitrine.Linux.Netns;
using Vitrine.Manifests;
using Vitrine.Model.Explain;
using Vitrine.Model.Explain.Services;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Gateway.Matching;
using Vitrine.Model.Snapshot;
using Vitrine.Verbs;

namespace Vitrine.Explaining;

/// <summary>A cluster that is in files only: everything is as planned, and nothing can be read or sent.</summary>
internal sealed class FileFacts : IFacts
{
    private readonly DraftedCluster cluster;
    private readonly NodePlans compiled;

    public FileFacts(DraftedCluster cluster)
    {
        this.cluster = cluster;
        compiled = new NodePlans(Snapshot, ServiceVerbOptions.Of(Spec));
    }

    public string Domain => Spec.Dns.Domain;

    public IReadOnlyList<IPAddress> DnsAddresses => [.. Spec.DnsAddresses];

    private ClusterSpec Spec => cluster.Spec;

    public ClusterSnapshot Snapshot => cluster.Snapshot;

    public IReadOnlyList<WorkloadPods> Workloads => cluster.Workloads;

    public IReadOnlyList<IPAddress> HostAddresses => Spec.BridgeAddresses;

    public Task<GatewayFacts> GatewayAsync(CancellationToken ct) => Task.FromResult(new GatewayFacts(Snapshot, GatewayIndex.Compile(cluster.Plan)));

    /// <summary>Nodes and the host ask nobody: what their resolvers are is in no manifest.</summary>
    public ResolverSettings Resolver(Place asker) => cluster.Pods.FirstOrDefault(p => p.Key == asker.PodKey) is { } pod
        ? ResolverSettings.Parse(PodResolver.Text(pod.Pod, [.. Spec.DnsAddresses.Select(a => $"{a}")], Spec.Dns.Domain)) with { Observed = false } : new ResolverSettings();

    public Scene Read(Place source, Place destination, int port)
    {
        var routes = Spec.Nodes.ToImmutableDictionary(n => n.Name, n => compiled.Route(n.Name, () => NodeDraft.Links(Spec, n))!);
        var planned = new Scene(Snapshot, routes, Observations.None) { DnsAddresses = [.. DnsAddresses], Services = compiled.Services(routes.Keys), Policies = compiled.Policies(routes.Keys) };
        var stations = Spec.Nodes.Select(n => OnBridge(planned.Station(Place.Node(n.Name))!, n)).Append(Host()).ToImmutableDictionary(s => s.Name);
        return planned with { Observations = cluster.Observations with { Stations = stations } };
    }

    public NetnsHandle? Namespace(string station) => null;

    public void Dispose()
    {
    }

    /// <summary>A node's planned station on the network its bridge will have.</summary>
    private Station OnBridge(Station station, NodeSpec node) => station with
    {
        Links = [.. station.Links.Select(l => l.Name == "eth0" ? l with { Addresses = NodeDraft.OnBridge(Spec, node.Parsed), Mtu = Spec.Mtu } : l)],
    };

    /// <summary>The machine, as `vitrine up` leaves it: the bridge, and no way for packets to pods or Services.</summary>
    private Station Host() => new(Place.Host)
    {
        Links = [new StationLink(1, $"vtr-{Spec.Name}", Spec.Mtu) { Kind = "bridge", Addresses = NodeDraft.OnBridge(Spec, Spec.BridgeAddresses) }],
        Routes =
        [
            .. ClusterSpec.Parse(Spec.NodeCidrs).Select(r => new StationRoute(r) { Device = $"vtr-{Spec.Name}" }),
            .. ClusterSpec.Parse(Spec.PodCidrs.Concat(Spec.ServiceCidrs)).Select(r => new StationRoute(r, RouteKind.Blackhole)),
        ],
    };
}
