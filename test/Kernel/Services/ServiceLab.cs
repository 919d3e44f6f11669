using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Dataplane.Apply.Services;
using Vitrine.Dataplane.Probes;
using Vitrine.Kernel.Dataplane;
using Vitrine.Linux.Nft;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Services;
using Vitrine.Model.Snapshot;

namespace Vitrine.Kernel.Services;

/// <summary>
/// A lab with Services: web-0, web-1 … answer on port 8080, round the nodes; the Service default/web is 10.96.0.10 and fd00:96::10, port 80.
/// </summary>
internal sealed class ServiceLab : IDisposable
{
    public static readonly IPAddress Vip4 = IPAddress.Parse("10.96.0.10"), Vip6 = IPAddress.Parse("fd00:96::10");
    private readonly List<NamedServer> servers = [];
    private readonly Dictionary<LabNode, (NftSocket Socket, ServiceApply Hands)> hands = [];

    public ServiceLab(int backends, params int[] nodeLinks)
    {
        Lab = Lab.With(nodeLinks);
        for (var i = 0; i < backends; i++)
        {
            var pod = Lab.Nodes[i % Lab.Nodes.Count].AddPod($"web-{i}");
            Webs.Add(pod);
            servers.Add(new NamedServer(pod.Netns, 8080, $"web-{i}"));
        }
        foreach (var node in Lab.Nodes)
            Clients.Add(node.AddPod($"client-{node.Index}"));
        Lab.Apply();
        Service = new Service
        {
            Namespace = "default", Name = "web", Uid = "web", ClusterIPs = [Vip4, Vip6], Ports = [new ServicePort("", "TCP", 80, "8080", 0), new ServicePort("udp", "UDP", 80, "8080", 0)],
        };
        Endpoints = [.. Webs.Select(p => EndpointOf(p))];
        foreach (var pod in Webs.Concat(Clients))
            AwaitLink(pod);
    }

    /// <summary>Up to a second after a link is up the kernel still drops what is sent on it (linkwatch); no test is to wonder about that.</summary>
    private static void AwaitLink(LabPod pod)
    {
        for (var i = 0; i < 20; i++)
            if (EchoProbe.SendAsync(pod.Netns.Handle, pod.Node.V4, null, 100, TimeSpan.FromMilliseconds(200), TimeProvider.System).GetAwaiter().GetResult().Answer == ProbeAnswer.Answered)
                return;
    }

    public Lab Lab { get; }

    public List<LabPod> Webs { get; } = [];

    /// <summary>A pod on each node that serves nothing.</summary>
    public List<LabPod> Clients { get; } = [];

    public Service Service { get; set; }

    /// <summary>Conditions and hints of the webs; both families have them alike.</summary>
    public ImmutableArray<Endpoint> Endpoints { get; set; }

    public ServiceRules Rules { get; set; } = new() { ServiceRanges = [IPNetwork.Parse("10.96.0.0/16"), IPNetwork.Parse("fd00:96::/112")] };

    public static Endpoint EndpointOf(LabPod pod) => new() { Address = pod.V4, NodeName = pod.Node.Node.Name, Pod = pod.Pod.Key };

    public void Serve(NamedServer server) => servers.Add(server);

    public ClusterSnapshot Snapshot
    {
        get
        {
            var snapshot = Lab.Snapshot with { Services = ImmutableDictionary<string, Service>.Empty.Add(Service.Key, Service) };
            foreach (var family in new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 })
                snapshot = snapshot.With(new EndpointSlice
                {
                    Namespace = "default", Name = $"web-{family}", ServiceName = "web", Family = family, Ports = [.. Service.Ports.Select(p => new EndpointPort(p.Name, p.Protocol, 8080))],
                    Endpoints = [.. Endpoints.Select(e => family == AddressFamily.InterNetwork ? e : e with { Address = Webs.FirstOrDefault(w => w.V4.Equals(e.Address))?.V6 ?? e.Address }).Where(e => e.Address.AddressFamily == family)],
                });
            return snapshot;
        }
    }

    /// <summary>One pass on every node.</summary>
    public void Apply()
    {
        foreach (var node in Lab.Nodes)
            Hands(node).Update(Plan(node));
    }

    public ServicePlan Plan(LabNode node) => ServicePlan.Compile(Snapshot, node.Node.Name, Rules, Hands(node).Plan);

    public ServiceApply Hands(LabNode node)
    {
        if (!hands.TryGetValue(node, out var found))
        {
            var socket = NftSocket.OpenIn(node.Netns.Handle);
            var skeleton = new ServiceSkeleton(ipv6: true);
            hands[node] = found = (socket, new ServiceApply(new NftServiceTable(socket, skeleton), skeleton));
        }
        return found.Hands;
    }

    /// <summary>As a new process finds it.</summary>
    public void RestartAgent(LabNode node)
    {
        hands.Remove(node, out var old);
        old.Socket?.Dispose();
    }

    public void Dispose()
    {
        foreach (var server in servers)
            server.Dispose();
        foreach (var (socket, _) in hands.Values)
            socket.Dispose();
        Lab.Dispose();
    }
}
