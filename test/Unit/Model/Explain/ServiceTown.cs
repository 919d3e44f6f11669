using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Explain;
using Vitrine.Model.Explain.Services;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Services;
using Vitrine.Model.Snapshot;

namespace Vitrine.Unit.Model.Explain;

/// <summary>Two nodes on a link, a client on the first, and a Service "web" with a pod on each; what a test changes is its question.</summary>
internal sealed record ServiceTown
{
    public static readonly IPAddress Address = IPAddress.Parse("10.96.0.20"), LoadBalancer = IPAddress.Parse("10.0.1.200");

    public Service Web { get; init; } = new()
    {
        Namespace = "default", Name = "web", Uid = "web", Type = ServiceType.LoadBalancer, ClusterIPs = [Address], LoadBalancerAddresses = [LoadBalancer],
        Ports = [new ServicePort("http", "TCP", 80, "8080", 30080)], Selector = Labels("app", "web"),
    };

    public Pod Client { get; init; } = Pod("client", 1, 9, Labels("app", "client"));

    public ImmutableArray<Pod> Pods { get; init; } = [Pod("web-1", 1, 2, Labels("app", "web")), Pod("web-2", 2, 2, Labels("app", "web"))];

    /// <summary>The endpoint of a pod; null leaves it out of the slice.</summary>
    public Func<Pod, Endpoint?> Endpoint { get; init; } = EndpointOf;

    public ImmutableArray<EndpointPort> SlicePorts { get; init; } = [new EndpointPort("http", "TCP", 8080)];

    /// <summary>Where the pods listen; null for not known.</summary>
    public ImmutableDictionary<string, int> Listening { get; init; } = ImmutableDictionary<string, int>.Empty.Add("web-1", 8080).Add("web-2", 8080);

    public ImmutableArray<WorkloadPods> Workloads { get; init; } = [];

    public ImmutableDictionary<string, string> Troubles { get; init; } = ImmutableDictionary<string, string>.Empty;

    public ImmutableArray<Service> Others { get; init; } = [];

    public ImmutableArray<NetworkPolicy> Policies { get; init; } = [];

    public ImmutableArray<ClusterNetworkPolicy> ClusterPolicies { get; init; } = [];

    public ClusterSnapshot Snapshot
    {
        get
        {
            var nodes = new[] { Node(1), Node(2) };
            var snapshot = new ClusterSnapshot
            {
                Nodes = nodes.ToImmutableDictionary(n => n.Name),
                Pods = Pods.Add(Client).ToImmutableDictionary(p => p.Key),
                Services = Others.Add(Web).ToImmutableDictionary(s => s.Key),
                NetworkPolicies = Policies.ToImmutableDictionary(p => p.Key),
                ClusterNetworkPolicies = ClusterPolicies.ToImmutableDictionary(p => p.Name),
                Namespaces = new[] { "default", "shop" }.ToImmutableDictionary(n => n, n => new Namespace(n, n, false)),
            };
            ImmutableArray<Endpoint> endpoints = [.. Pods.Select(Endpoint).OfType<Endpoint>()];
            return endpoints.IsEmpty ? snapshot : snapshot.With(new EndpointSlice { Namespace = "default", Name = "web-abc", ServiceName = "web", Ports = SlicePorts, Endpoints = endpoints });
        }
    }

    public Scene Scene()
    {
        var snapshot = Snapshot;
        var plans = snapshot.Nodes.Keys.ToImmutableDictionary(n => n, n => RoutePlan.Compile(snapshot, n, new NodeLinks([new NodeLink("eth0", 1500, [LinkNetwork.Of(snapshot.Nodes[n].Addresses[0], 24)])]))!);
        var scene = new Scene(snapshot, plans, Observations.None) { Services = snapshot.Nodes.Keys.ToImmutableDictionary(n => n, n => ServicePlan.Compile(snapshot, n, new ServiceRules { ServiceRanges = [IPNetwork.Parse("10.96.0.0/16")] })), Policies = snapshot.Nodes.Keys.ToImmutableDictionary(n => n, n => PolicyPlan.Compile(snapshot, n)) };
        var stations = Listening.Where(l => snapshot.Pods.ContainsKey($"default/{l.Key}")).Select(l => scene.Station(Place.Pod($"default/{l.Key}"))! with { Listeners = [new Listener(Transport.Tcp, IPAddress.Any, l.Value)] });
        return scene with { Observations = new Observations { Stations = stations.ToImmutableDictionary(s => s.Name), Workloads = Workloads, PodTroubles = Troubles } };
    }

    public Explanation Ask(int port = 80, Transport transport = Transport.Tcp) => Ask(new Place(Place.Service("default/web"), Address), port, transport);

    public Explanation Ask(Place destination, int port, Transport transport = Transport.Tcp) => Ask(new Place(Place.Pod(Client.Key), Client.Addresses[0]), destination, port, transport);

    public Explanation Ask(Place source, Place destination, int port, Transport transport = Transport.Tcp) => PacketWalk.Explain(Scene(), new Question(source, destination, transport, port));

    public static Pod Pod(string name, int node, int number, ImmutableDictionary<string, string> labels) => new()
    {
        Namespace = "default", Name = name, Uid = name, NodeName = $"node-{node}", SchedulerName = "default-scheduler", Requests = default, Phase = "Running", Ready = true,
        Labels = labels, Addresses = [IPAddress.Parse($"10.244.{node}.{number}")], Ports = [new PodPort("main", "", 8080, "TCP", 0)],
    };

    public static Endpoint EndpointOf(Pod pod) => new() { Address = pod.Addresses[0], NodeName = pod.NodeName!, Pod = pod.Key, Ready = pod.Ready };

    public static ImmutableDictionary<string, string> Labels(string key, string value) => ImmutableDictionary<string, string>.Empty.Add(key, value);

    private static Node Node(int number) => new()
    {
        Name = $"node-{number}", Uid = $"node-{number}", Ready = true, Allocatable = default, Addresses = [IPAddress.Parse($"10.0.1.1{number}")], PodCidrs = [IPNetwork.Parse($"10.244.{number}.0/24")],
    };
}
