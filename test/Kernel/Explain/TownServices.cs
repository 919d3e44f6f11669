using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Dataplane.Apply.Services;
using Vitrine.Kernel.Dataplane;
using Vitrine.Linux.Nft;
using Vitrine.Model.Explain;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Services;
using Vitrine.Model.Snapshot;

namespace Vitrine.Kernel.Explain;

/// <summary>Random Services of a random town, as every node's agent would have them in its kernel.</summary>
internal sealed class TownServices : IDisposable
{
    private static readonly ServiceRules Rules = new() { ServiceRanges = [IPNetwork.Parse("10.96.0.0/16"), IPNetwork.Parse("fd00:96::/112")] };
    private readonly List<NftSocket> sockets = [];
    private readonly Random random;

    public TownServices(Lab lab, Random random)
    {
        this.random = random;
        Snapshot = lab.Snapshot;
        for (var i = random.Next(1, 5); i > 0; i--)
            Add(lab, i);
        Plans = lab.Nodes.ToImmutableDictionary(n => n.Node.Name, n => ServicePlan.Compile(Snapshot, n.Node.Name, Rules));
        foreach (var node in lab.Nodes)
        {
            var socket = NftSocket.OpenIn(node.Netns.Handle);
            sockets.Add(socket);
            var skeleton = new ServiceSkeleton(ipv6: true);
            new ServiceApply(new NftServiceTable(socket, skeleton), skeleton).Update(Plans[node.Node.Name]);
        }
    }

    /// <summary>The lab's, with Services and their slices.</summary>
    public ClusterSnapshot Snapshot { get; private set; }

    public ImmutableDictionary<string, ServicePlan> Plans { get; }

    /// <summary>An address and port of a Service, or nearly: now and then a port it does not have.</summary>
    /// <param name="v6">of which family</param>
    /// <param name="inside">whoever asks has a way to Service addresses; the outside has not</param>
    /// <param name="nodes">for node ports</param>
    public (Place Place, int Port) Pick(bool v6, bool inside, IReadOnlyList<LabNode> nodes)
    {
        var service = Snapshot.Services.Values.OrderBy(s => s.Name, StringComparer.Ordinal).ElementAt(random.Next(Snapshot.Services.Count));
        if (inside && random.Next(3) > 0)
            return (new Place(Place.Service(service.Key), service.ClusterIPs.Single(a => a.AddressFamily == (v6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork))), random.Next(8) == 0 ? 81 : 80);
        var node = nodes[random.Next(nodes.Count)];
        return (new Place(Place.Node(node.Node.Name), v6 ? node.V6 : node.V4), service.Ports[0].NodePort);
    }

    public void Dispose() => sockets.ForEach(s => s.Dispose());

    private void Add(Lab lab, int number)
    {
        var target = RandomTown.Ports[random.Next(RandomTown.Ports.Length)];
        var service = new Service
        {
            Namespace = "default", Name = $"service-{number}", Uid = $"{number}", Type = ServiceType.NodePort,
            ClusterIPs = [IPAddress.Parse($"10.96.0.{20 + number}"), IPAddress.Parse($"fd00:96::{20 + number}")],
            Ports = [.. new[] { "TCP", "UDP" }.Select((p, i) => new ServicePort(p.ToLowerInvariant(), p, 80, $"{target}", 30080 + number))],
            Selector = ImmutableDictionary<string, string>.Empty.Add("app", $"service-{number}"),
            InternalLocal = random.Next(4) == 0, ExternalLocal = random.Next(3) == 0, AffinitySeconds = random.Next(3) == 0 ? 60 : 0,
        };
        Snapshot = Snapshot with { Services = Snapshot.Services.Add(service.Key, service) };
        var chosen = lab.Nodes.SelectMany(n => n.Pods).Where(_ => random.Next(3) == 0).Select(p => (Pod: p, Ready: random.Next(4) > 0)).ToArray();
        foreach (var family in new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 })
            Snapshot = Snapshot.With(new EndpointSlice
            {
                Namespace = "default", Name = $"{service.Name}-{family}", ServiceName = service.Name, Family = family, Ports = [.. service.Ports.Select(p => new EndpointPort(p.Name, p.Protocol, target))],
                Endpoints = [.. chosen.Select(c => new Endpoint { Address = family == AddressFamily.InterNetwork ? c.Pod.V4 : c.Pod.V6, NodeName = c.Pod.Node.Node.Name, Pod = c.Pod.Pod.Key, Ready = c.Ready, Serving = c.Ready })],
            });
    }
}
