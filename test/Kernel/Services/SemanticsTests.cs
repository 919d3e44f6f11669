using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Kernel.Services;

/// <summary>What clients hear, with real packets. Nodes 1 and 2 on one link, node 3 behind the router unless said otherwise.</summary>
public sealed class SemanticsTests
{
    private const int NodePort = 30080;
    private static readonly IPAddress Balancer4 = IPAddress.Parse("10.0.1.200"), Balancer6 = IPAddress.Parse("fd00:1::200"), External4 = IPAddress.Parse("198.51.100.7");

    [Fact]
    public void A_pod_reaches_every_endpoint_under_its_own_address()
    {
        using var lab = new ServiceLab(3, 1, 1);
        lab.Apply();
        foreach (var (vip, own) in new[] { (ServiceLab.Vip4, lab.Clients[0].V4), (ServiceLab.Vip6, lab.Clients[0].V6) })
            foreach (var ask in new Func<string>[] { () => Client.Tcp(lab.Clients[0].Netns, vip, 80), () => Client.Udp(lab.Clients[0].Netns, vip, 80) })
                Assert.Equal([$"web-0 {own}", $"web-1 {own}", $"web-2 {own}"], Heard(ask));
    }

    [Fact]
    public void The_node_itself_reaches_them_too_also_through_a_tunnel()
    {
        using var lab = new ServiceLab(3, 1, 1, 2);
        lab.Apply();
        foreach (var vip in new[] { ServiceLab.Vip4, ServiceLab.Vip6 })
            Assert.Equal(["web-0", "web-1", "web-2"], Names(() => Client.Tcp(lab.Lab.Nodes[0].Netns, vip, 80)));
    }

    [Fact]
    public void A_pod_that_reaches_itself_sees_its_node_as_the_client()
    {
        using var lab = new ServiceLab(1, 1);
        lab.Apply();
        foreach (var (vip, pod) in new[] { (ServiceLab.Vip4, lab.Webs[0].V4), (ServiceLab.Vip6, lab.Webs[0].V6) })
        {
            var heard = Client.Tcp(lab.Webs[0].Netns, vip, 80);
            Assert.StartsWith("web-0 ", heard);
            Assert.DoesNotContain($"web-0 {pod}", heard);
        }
    }

    [Fact]
    public void Without_endpoints_and_on_unknown_ports_and_addresses_clients_are_refused_at_once()
    {
        using var lab = new ServiceLab(1, 1, 1);
        lab.Service = lab.Service with { Type = ServiceType.NodePort, Ports = [new ServicePort("", "TCP", 80, "8080", NodePort), new ServicePort("udp", "UDP", 80, "8080", NodePort)] };
        lab.Apply();
        foreach (var netns in new[] { lab.Clients[0].Netns, lab.Lab.Nodes[0].Netns })
            foreach (var (address, port) in new[] { (ServiceLab.Vip4, 81), (ServiceLab.Vip6, 81), (IPAddress.Parse("10.96.7.7"), 80), (IPAddress.Parse("fd00:96::77"), 80) })
            {
                Assert.Equal("refused", Client.Tcp(netns, address, port));
                Assert.Equal(Refused(netns), Client.Udp(netns, address, port));
            }
        lab.Endpoints = [];
        lab.Apply();
        foreach (var netns in new[] { lab.Clients[0].Netns, lab.Lab.Nodes[0].Netns, lab.Lab.Outside })
            foreach (var (address, port) in new[] { (ServiceLab.Vip4, 80), (ServiceLab.Vip6, 80), (lab.Lab.Nodes[0].V4, NodePort), (lab.Lab.Nodes[0].V6, NodePort) })
            {
                if (netns == lab.Lab.Outside && port == 80)
                    continue;
                Assert.Equal("refused", Client.Tcp(netns, address, port));
                Assert.Equal(Refused(netns), Client.Udp(netns, address, port));
            }

        // A process on the node itself hears of its datagram when it sends it.
        string Refused(ThrowAwayNetns netns) => netns == lab.Lab.Nodes[0].Netns ? "AccessDenied" : "refused";
    }

    [Fact]
    public void An_unknown_service_address_never_leaves_by_the_default_route()
    {
        using var lab = new ServiceLab(1, 1);
        lab.Apply();
        Nft.Shell(lab.Lab.Router, "nft 'add table inet seen; add chain inet seen p { type filter hook prerouting priority -300; }; add rule inet seen p ip daddr 10.96.0.0/16 counter; add rule inet seen p ip6 daddr fd00:96::/112 counter'");
        foreach (var netns in new[] { lab.Clients[0].Netns, lab.Lab.Nodes[0].Netns })
        {
            Client.Tcp(netns, IPAddress.Parse("10.96.3.3"), 80);
            Client.Udp(netns, IPAddress.Parse("fd00:96::33"), 80);
            // No connection has such a packet: conntrack calls it invalid.
            Nft.Shell(netns, "python3 -c \"import socket,struct;s=socket.socket(socket.AF_INET,socket.SOCK_RAW,socket.IPPROTO_TCP);s.sendto(struct.pack('!HHIIBBHHH',1234,80,0,0,80,0x11,0,0,0),('10.96.0.10',0))\" || true");
        }
        Assert.DoesNotMatch("packets [1-9]", Nft.Run(lab.Lab.Router, "list table inet seen"));
    }

    [Fact]
    public void A_node_port_is_on_every_address_of_every_node_and_on_localhost()
    {
        using var lab = new ServiceLab(2, 1, 1, 2);
        lab.Service = lab.Service with { Type = ServiceType.NodePort, Ports = [new ServicePort("", "TCP", 80, "8080", NodePort), new ServicePort("udp", "UDP", 80, "8080", NodePort)] };
        lab.Apply();
        foreach (var node in lab.Lab.Nodes)
            node.Netns.Handle.Run(Vitrine.Dataplane.Apply.Services.ServiceSysctls.Ensure);
        foreach (var node in lab.Lab.Nodes)
            foreach (var address in new[] { node.V4, node.V6 })
            {
                Assert.Equal(["web-0", "web-1"], Names(() => Client.Tcp(lab.Lab.Outside, address, NodePort)));
                Assert.Equal(["web-0", "web-1"], Names(() => Client.Udp(lab.Lab.Outside, address, NodePort)));
                Assert.Equal(["web-0", "web-1"], Names(() => Client.Tcp(lab.Clients[0].Netns, address, NodePort)));
                Assert.Equal(["web-0", "web-1"], Names(() => Client.Tcp(lab.Lab.Nodes[0].Netns, address, NodePort)));
            }
        foreach (var node in lab.Lab.Nodes)
        {
            Assert.Equal(["web-0", "web-1"], Names(() => Client.Tcp(node.Netns, IPAddress.Loopback, NodePort)));
            Assert.Equal(["web-0", "web-1"], Names(() => Client.Udp(node.Netns, IPAddress.Loopback, NodePort)));
        }
    }

    [Fact]
    public void The_clients_address_stays_where_the_answer_comes_back_through_the_node()
    {
        using var lab = new ServiceLab(2, 1, 1);
        lab.Service = lab.Service with { Type = ServiceType.NodePort, Ports = [new ServicePort("", "TCP", 80, "8080", NodePort)] };
        lab.Apply();
        var heard = Heard(() => Client.Tcp(lab.Lab.Outside, lab.Lab.Nodes[0].V4, NodePort));
        Assert.Equal(["web-0 10.0.99.2", $"web-1 {lab.Lab.Nodes[0].V4}"], heard);
        Assert.Contains("web-1 fd00:1::b", Heard(() => Client.Tcp(lab.Lab.Outside, lab.Lab.Nodes[0].V6, NodePort)));
        var plan = lab.Plan(lab.Lab.Nodes[0]);
        Assert.True(plan.KeepsSource(IPAddress.Parse("10.0.99.2"), lab.Webs[0].V4));
        Assert.False(plan.KeepsSource(IPAddress.Parse("10.0.99.2"), lab.Webs[1].V4));
    }

    [Fact]
    public void External_policy_local_is_for_clients_outside_alone()
    {
        using var lab = new ServiceLab(1, 1, 1);
        lab.Service = lab.Service with { Type = ServiceType.NodePort, ExternalLocal = true, Ports = [new ServicePort("", "TCP", 80, "8080", NodePort)] };
        lab.Apply();
        var (here, there) = (lab.Lab.Nodes[0], lab.Lab.Nodes[1]);
        Assert.Equal("web-0 10.0.99.2", Client.Tcp(lab.Lab.Outside, here.V4, NodePort));
        Assert.Equal("silent", Client.Tcp(lab.Lab.Outside, there.V4, NodePort));
        Assert.StartsWith("web-0", Client.Tcp(lab.Clients[1].Netns, there.V4, NodePort));
        Assert.StartsWith("web-0", Client.Tcp(there.Netns, there.V4, NodePort));
        Assert.StartsWith("web-0", Client.Tcp(lab.Clients[1].Netns, ServiceLab.Vip4, 80));

        lab.Endpoints = [lab.Endpoints[0] with { Ready = false, Serving = true, Terminating = true }];
        lab.Apply();
        Assert.Equal("web-0 10.0.99.2", Client.Tcp(lab.Lab.Outside, here.V4, NodePort));
        lab.Endpoints = [lab.Endpoints[0] with { Ready = false, Serving = false, Terminating = true }];
        lab.Apply();
        Assert.Equal("refused", Client.Tcp(lab.Lab.Outside, here.V4, NodePort));
    }

    [Fact]
    public void Internal_policy_local_stays_on_the_node()
    {
        using var lab = new ServiceLab(2, 1, 1, 1);
        lab.Service = lab.Service with { InternalLocal = true };
        lab.Apply();
        Assert.Equal(["web-0"], Names(() => Client.Tcp(lab.Clients[0].Netns, ServiceLab.Vip4, 80)));
        Assert.Equal(["web-1"], Names(() => Client.Tcp(lab.Clients[1].Netns, ServiceLab.Vip6, 80)));
        Assert.Equal("silent", Client.Tcp(lab.Clients[2].Netns, ServiceLab.Vip4, 80));
    }

    [Fact]
    public void Source_ranges_keep_others_out_of_the_balancers_address_pods_too()
    {
        using var lab = new ServiceLab(1, 1);
        lab.Service = lab.Service with
        {
            Type = ServiceType.LoadBalancer, Ports = [new ServicePort("", "TCP", 80, "8080", NodePort)], LoadBalancerAddresses = [Balancer4, Balancer6],
            LoadBalancerSourceRanges = [IPNetwork.Parse("10.0.99.0/24"), IPNetwork.Parse("10.0.99.2/32"), IPNetwork.Parse("fd00:99::/64")],
        };
        Route(lab);
        lab.Apply();
        foreach (var address in new[] { Balancer4, Balancer6 })
        {
            Assert.StartsWith("web-0", Client.Tcp(lab.Lab.Outside, address, 80));
            Assert.Equal("silent", Client.Tcp(lab.Clients[0].Netns, address, 80));
            Assert.NotEqual("web-0", Client.Tcp(lab.Lab.Nodes[0].Netns, address, 80).Split(' ')[0]);
        }
        // The node port is another door.
        Assert.StartsWith("web-0", Client.Tcp(lab.Clients[0].Netns, lab.Lab.Nodes[0].V4, NodePort));
        lab.Service = lab.Service with { LoadBalancerSourceRanges = [lab.Lab.Nodes[0].Node.PodCidrs[0], lab.Lab.Nodes[0].Node.PodCidrs[1]] };
        lab.Apply();
        foreach (var address in new[] { Balancer4, Balancer6 })
        {
            Assert.Equal("silent", Client.Tcp(lab.Lab.Outside, address, 80));
            Assert.StartsWith("web-0", Client.Tcp(lab.Clients[0].Netns, address, 80));
        }
        lab.Service = lab.Service with { LoadBalancerSourceRanges = [] };
        lab.Apply();
        Assert.StartsWith("web-0", Client.Tcp(lab.Lab.Outside, Balancer4, 80));
    }

    [Fact]
    public void External_addresses_are_served_only_where_they_are_allowed()
    {
        using var lab = new ServiceLab(1, 1);
        lab.Service = lab.Service with { ExternalIPs = [External4] };
        lab.Lab.Router.Socket.AddRoute(new Vitrine.Linux.Netlink.RouteSpec(new IPNetwork(External4, 32)) { Gateway = lab.Lab.Nodes[0].V4 });
        lab.Apply();
        Assert.NotEqual("web-0", Client.Tcp(lab.Lab.Outside, External4, 80).Split(' ')[0]);
        lab.Rules = lab.Rules with { ExternalIPs = [IPNetwork.Parse("198.51.100.0/24")] };
        lab.Apply();
        Assert.StartsWith("web-0", Client.Tcp(lab.Lab.Outside, External4, 80));
        Assert.StartsWith("web-0", Client.Tcp(lab.Clients[0].Netns, External4, 80));
    }

    [Fact]
    public void A_client_stays_with_its_endpoint_by_whatever_door_it_comes_until_its_time_is_over()
    {
        using var lab = new ServiceLab(6, 1);
        lab.Service = lab.Service with { Type = ServiceType.NodePort, AffinitySeconds = 2, Ports = [new ServicePort("", "TCP", 80, "8080", NodePort), new ServicePort("udp", "UDP", 80, "8080", NodePort)] };
        lab.Apply();
        foreach (var (vip, node) in new[] { (ServiceLab.Vip4, lab.Lab.Nodes[0].V4), (ServiceLab.Vip6, lab.Lab.Nodes[0].V6) })
        {
            var first = Client.Tcp(lab.Clients[0].Netns, vip, 80);
            Assert.Single(Heard(() => Client.Tcp(lab.Clients[0].Netns, vip, 80)), first);
            Assert.Single(Heard(() => Client.Tcp(lab.Clients[0].Netns, node, NodePort)), first);
        }
        // Its backend goes: another is found at once, and kept.
        var held = Client.Tcp(lab.Clients[0].Netns, ServiceLab.Vip4, 80);
        var index = held[4] - '0';
        lab.Endpoints = lab.Endpoints.RemoveAt(index);
        lab.Apply();
        var next = Client.Tcp(lab.Clients[0].Netns, ServiceLab.Vip4, 80);
        Assert.NotEqual(held, next);
        Assert.Single(Heard(() => Client.Tcp(lab.Clients[0].Netns, ServiceLab.Vip4, 80)), next);

        var seen = new HashSet<string>();
        for (var i = 0; i < 6 && seen.Count < 2; i++)
        {
            Thread.Sleep(2300);
            seen.Add(Client.Tcp(lab.Clients[0].Netns, ServiceLab.Vip4, 80));
        }
        Assert.True(seen.Count > 1, "after its time a client may get another endpoint; six times it did not");
    }

    [Fact]
    public void Hints_keep_traffic_in_the_zone_and_on_the_node()
    {
        using var lab = new ServiceLab(2, 1, 1);
        lab.Lab.Nodes[0].Node = lab.Lab.Nodes[0].Node with { Labels = ImmutableDictionary<string, string>.Empty.Add("topology.kubernetes.io/zone", "a") };
        lab.Endpoints = [lab.Endpoints[0] with { ZoneHints = ["b"] }, lab.Endpoints[1] with { ZoneHints = ["a"] }];
        lab.Apply();
        Assert.Equal(["web-1"], Names(() => Client.Tcp(lab.Clients[0].Netns, ServiceLab.Vip4, 80)));
        Assert.Equal(["web-0", "web-1"], Names(() => Client.Tcp(lab.Clients[1].Netns, ServiceLab.Vip4, 80)));
        lab.Endpoints = [lab.Endpoints[0] with { NodeHints = ["node-1"] }, lab.Endpoints[1] with { NodeHints = ["node-2"] }];
        lab.Apply();
        Assert.Equal(["web-0"], Names(() => Client.Tcp(lab.Clients[0].Netns, ServiceLab.Vip4, 80)));
        Assert.Equal(["web-1"], Names(() => Client.Tcp(lab.Clients[1].Netns, ServiceLab.Vip4, 80)));
    }

    [Fact]
    public void A_neighbours_packets_to_loopback_are_dropped()
    {
        using var lab = new ServiceLab(1, 1);
        var node = lab.Lab.Nodes[0];
        lab.Apply();
        node.Netns.Handle.Run(Vitrine.Dataplane.Apply.Services.ServiceSysctls.Ensure);
        Assert.Equal("1", node.Netns.Handle.Run(() => Vitrine.Linux.Netns.NetSysctl.Read("ipv4/conf/all/route_localnet")));
        // The neighbour that tries: 127.0.0.7 is no address of its own, so the packet leaves.
        Nft.Shell(lab.Lab.Router, $"sysctl -qw net.ipv4.conf.all.route_localnet=1; ip addr del 127.0.0.1/8 dev lo; ip route add 127.0.0.7/32 via {node.V4} dev r1 src 10.0.1.1");
        Nft.Shell(node.Netns, "nft 'add table ip seen; add chain ip seen i { type filter hook input priority 0; }; add rule ip seen i ip daddr 127.0.0.7 counter'");
        Client.Udp(lab.Lab.Router, IPAddress.Parse("127.0.0.7"), 9999);
        Client.Tcp(lab.Lab.Router, IPAddress.Parse("127.0.0.7"), 9999);
        Assert.Contains("counter packets 0 ", Nft.Run(node.Netns, "list table ip seen"));
        // Without the rule they would arrive: the test can fail.
        Nft.Run(node.Netns, "flush chain inet vitrine-services raw");
        Client.Udp(lab.Lab.Router, IPAddress.Parse("127.0.0.7"), 9999);
        Assert.DoesNotContain("counter packets 0 ", Nft.Run(node.Netns, "list table ip seen"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(11)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(250)]
    public void Every_endpoint_has_the_same_chance(int count)
    {
        using var lab = new ServiceLab(0, 1, 1);
        lab.Endpoints = [.. Enumerable.Range(0, count).Select(i => new Endpoint { Address = IPAddress.Parse($"10.244.2.{i + 3}"), NodeName = "node-2" })];
        lab.Apply();
        var spread = Spread.Count(lab.Lab.Nodes[0].Netns, ServiceLab.Vip4, 80, packets: 40 * count + 400);
        Assert.Equal(count, spread.Count);
        var expected = spread.Values.Sum() / (double)count;
        var chiSquare = spread.Values.Sum(n => (n - expected) * (n - expected) / expected);
        // Mean of the distribution is k, its deviation √2k; by chance beyond six deviations once in many million runs.
        Assert.True(chiSquare < count - 1 + 6 * Math.Sqrt(2.0 * Math.Max(count - 1, 1)), $"χ² {chiSquare} of {count} endpoints");
    }

    private static void Route(ServiceLab lab)
    {
        foreach (var (address, bits, gateway) in new[] { (Balancer4, 32, lab.Lab.Nodes[0].V4), (Balancer6, 128, lab.Lab.Nodes[0].V6) })
            lab.Lab.Router.Socket.AddRoute(new Vitrine.Linux.Netlink.RouteSpec(new IPNetwork(address, bits)) { Gateway = gateway });
    }

    private static string[] Heard(Func<string> ask) => [.. Enumerable.Range(0, 24).Select(_ => ask()).Distinct().Order()];

    private static string[] Names(Func<string> ask) => [.. Heard(ask).Select(h => h.Split(' ')[0]).Distinct()];
}
