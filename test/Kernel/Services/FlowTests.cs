using System.Net;
using System.Net.Sockets;
using Vitrine.Dataplane.Apply.Services;
using Vitrine.Linux.Conntrack;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Kernel.Services;

/// <summary>UDP flows whose client never stops: cut when they lead nowhere, and only then.</summary>
public sealed class FlowTests
{
    private const int NodePort = 30053;
    private static readonly IPAddress Balancer = IPAddress.Parse("10.0.1.200");

    public static TheoryData<string> Doors => ["cluster4", "cluster6", "node", "balancer", "external"];

    [Theory]
    [MemberData(nameof(Doors))]
    public void A_flow_follows_its_service(string door)
    {
        using var lab = Town();
        var (address, port) = At(lab, door);
        using var socket = Open(lab, address, port);
        var plan = Step(lab, null);
        Assert.StartsWith("web-", Client.Once(socket));

        // Its endpoint goes.
        var first = Client.Once(socket).Split(' ')[0];
        var all = lab.Endpoints;
        lab.Endpoints = all.RemoveAt(first[4] - '0');
        plan = Step(lab, plan);
        var second = Client.Once(socket).Split(' ')[0];
        Assert.StartsWith("web-", second);
        Assert.NotEqual(first, second);

        // The other one is not ready any more, and then all are gone.
        lab.Endpoints = [lab.Endpoints[0] with { Ready = false, Serving = false }];
        plan = Step(lab, plan);
        Assert.Equal("refused", Client.Once(socket));
        lab.Endpoints = [];
        plan = Step(lab, plan);
        Assert.Equal("refused", Client.Once(socket));

        // One comes, ready.
        lab.Endpoints = all;
        plan = Step(lab, plan);
        Assert.StartsWith("web-", Client.Once(socket));

        // The Service is deleted.
        var gone = lab.Service;
        lab.Service = gone with { Type = ServiceType.ExternalName, ClusterIPs = [] };
        plan = Step(lab, plan);
        Assert.DoesNotContain("web-", Client.Once(socket));
        lab.Service = gone;
        Step(lab, plan);
        Assert.StartsWith("web-", Client.Once(socket));
    }

    [Fact]
    public void Flows_that_are_not_concerned_stay()
    {
        using var lab = Town();
        var plan = Step(lab, null);
        using var socket = Open(lab, ServiceLab.Vip4, 53);
        var kept = Client.Once(socket).Split(' ')[0];
        using var other = Open(lab, lab.Webs[0].V4, 8080);
        Assert.StartsWith("web-0", Client.Once(other));
        var before = Ids(lab);
        // Another endpoint goes, another comes, the front end changes; terminating, it still serves.
        lab.Endpoints = [.. lab.Endpoints.Where(e => e.Pod.EndsWith(kept, StringComparison.Ordinal))];
        plan = Step(lab, plan);
        lab.Endpoints = [lab.Endpoints[0] with { Ready = false, Serving = true, Terminating = true }, ServiceLab.EndpointOf(lab.Clients[0])];
        plan = Step(lab, plan);
        lab.Service = lab.Service with { AffinitySeconds = 50 };
        Step(lab, plan);
        Assert.StartsWith(kept, Client.Once(socket));
        Assert.StartsWith("web-0", Client.Once(other));
        Assert.Empty(before.Except(Ids(lab)));
    }

    [Fact]
    public void Services_deleted_while_nobody_looked_are_found_at_the_start()
    {
        using var lab = Town();
        Step(lab, null);
        using var socket = Open(lab, ServiceLab.Vip4, 53);
        Assert.StartsWith("web-", Client.Once(socket));
        lab.RestartAgent(lab.Lab.Nodes[0]);
        lab.Service = lab.Service with { Type = ServiceType.ExternalName, ClusterIPs = [] };
        Step(lab, null);
        Assert.Equal("refused", Client.Once(socket));
    }

    private static ServiceLab Town()
    {
        var lab = new ServiceLab(2, 1);
        lab.Service = lab.Service with
        {
            Type = ServiceType.LoadBalancer, Ports = [new ServicePort("dns", "UDP", 53, "8080", NodePort)], LoadBalancerAddresses = [Balancer], ExternalIPs = [IPAddress.Parse("198.51.100.7")],
        };
        lab.Rules = lab.Rules with { ExternalIPs = [IPNetwork.Parse("198.51.100.0/24")] };
        return lab;
    }

    private static (IPAddress, int) At(ServiceLab lab, string door) => door switch
    {
        "cluster4" => (ServiceLab.Vip4, 53),
        "cluster6" => (ServiceLab.Vip6, 53),
        "node" => (lab.Lab.Nodes[0].V4, NodePort),
        "balancer" => (Balancer, 53),
        _ => (IPAddress.Parse("198.51.100.7"), 53),
    };

    private static Socket Open(ServiceLab lab, IPAddress address, int port)
    {
        var socket = lab.Clients[0].Netns.Handle.Run(() => new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        socket.Connect(new IPEndPoint(address, port));
        return socket;
    }

    private static ServicePlan Step(ServiceLab lab, ServicePlan? before)
    {
        var node = lab.Lab.Nodes[0];
        var plan = lab.Plan(node);
        lab.Hands(node).Update(plan);
        using var connections = ConntrackSocket.OpenIn(node.Netns.Handle);
        var own = node.Netns.Socket.ListAddresses().Select(a => a.Address).ToHashSet();
        StaleFlows.Of(before, plan, before is null ? plan.Services.Keys : ServiceDifference.Of(before, plan, null)).Cut(connections, own.Contains);
        return plan;
    }

    private static HashSet<string> Ids(ServiceLab lab)
    {
        using var connections = ConntrackSocket.OpenIn(lab.Lab.Nodes[0].Netns.Handle);
        return [.. connections.List().Where(f => f.Protocol == 17).Select(f => Convert.ToHexString(f.Id))];
    }
}
