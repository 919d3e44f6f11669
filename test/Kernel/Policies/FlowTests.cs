using System.Net;
using System.Net.Sockets;
using Vitrine.Dataplane.Apply.Services;
using Vitrine.Kernel.Dataplane;
using Vitrine.Kernel.Services;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Linux.Nft;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;
using Xunit;
using static Vitrine.Kernel.Policies.PolicyLab;

namespace Vitrine.Kernel.Policies;

/// <summary>What belongs to a connection: flows under way, answers, errors, fragments, the way back to oneself.</summary>
public sealed class FlowTests
{
    /// <summary>IPPROTO_IPV6, and its options of linux/in6.h.</summary>
    private const int ProtocolIpv6 = 41, HopOptions = 54, DestinationOptions = 59;

    public enum Closing
    {
        /// <summary>The server may not be reached any more.</summary>
        Ingress,

        /// <summary>The client may not go there any more.</summary>
        Egress,

        /// <summary>The policy stays, the client is not meant by it any more.</summary>
        Relabel,
    }

    public static TheoryData<Closing, bool, bool> Closings => [.. from closing in Enum.GetValues<Closing>() from v6 in new[] { false, true } from near in new[] { false, true } select (closing, v6, near)];

    [Theory]
    [MemberData(nameof(Closings))]
    public async Task A_new_deny_ends_flows_under_way_in_both_directions_at_once(Closing closing, bool v6, bool near)
    {
        using var lab = new PolicyLab(1, 1);
        var (server, client) = (lab.Add(0, "server"), lab.Add(near ? 0 : 1, "client"));
        var bystander = lab.Add(1, "bystander");
        lab.Policies.Add(Policy("clients", "server", [Rule(Pods("client"), Pods("bystander"))]));
        lab.Apply();
        await lab.AwaitLinksAsync();
        var to = v6 ? server.V6 : server.V4;
        using var tcp = Connect(client, to, SocketType.Stream);
        using var udp = Connect(client, to, SocketType.Dgram);
        using var other = Connect(bystander, to, SocketType.Stream);
        Assert.All([tcp, udp, other], s => Assert.Equal("said", Say(s, "said")));

        var clients = lab.Policies[0];
        if (closing == Closing.Ingress)
            lab.Policies[0] = Policy("clients", "server", [Rule(Pods("bystander"))]);
        else if (closing == Closing.Egress)
            lab.Policies.Add(Policy("inside", "client", null, []));
        else
            client.Pod = client.Pod with { Labels = client.Pod.Labels.SetItem("app", "nobody") };
        lab.Apply();
        using var arrivals = new Arrivals(client, server);
        Assert.All([tcp, udp], s => Assert.Equal("", Say(s, "lost")));
        Assert.Equal("heard", Say(other, "heard"));
        // Nothing of it came back to the client either, not even an acknowledgement.
        Assert.Equal(0UL, arrivals.Count);

        client.Pod = client.Pod with { Labels = client.Pod.Labels.SetItem("app", "client") };
        lab.Policies.Clear();
        lab.Policies.Add(clients);
        lab.Apply();
        Assert.Equal("again", Say(udp, "again"));
        // What TCP said meanwhile comes first: it was never given up.
        tcp.ReceiveTimeout = 5000;
        Assert.Equal("lost", Say(tcp, ""));
    }

    [Fact]
    public async Task Answers_need_no_rule_and_are_no_door()
    {
        using var lab = new PolicyLab(1, 1);
        var (one, two) = (lab.Add(0, "one"), lab.Add(1, "two"));
        lab.Policies.AddRange([Policy("one", "one", [], [Rule(Pods("two"))]), Policy("two", "two", [Rule(Pods("one"))], [])]);
        lab.Apply();
        await lab.AwaitLinksAsync();
        Assert.True(await ReachesAsync(one, two));
        Assert.False(await ReachesAsync(two, one));
        // From the port that was answered from, to the port that asked: an answer only while it answers.
        using var udp = Connect(one, two.V4, SocketType.Dgram);
        Assert.Equal("a", Say(udp, "a"));
        using var back = two.Netns.Handle.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        back.Connect(new IPEndPoint(one.V4, ((IPEndPoint)udp.LocalEndPoint!).Port));
        back.Send("x"u8);
        Assert.Equal("", Say(udp, ""));
    }

    [Fact]
    public async Task Errors_of_a_connection_pass_and_others_do_not()
    {
        using var lab = new PolicyLab(1, 2);
        var (near, far) = (lab.Add(0, "near"), lab.Add(1, "far"));
        lab.Policies.AddRange([Policy("near", "near", [], [On(Rule(Pods("far")), new PolicyPort("UDP", "", 7, 7), new PolicyPort("UDP", "", Port, Port))]), Policy("far", "far", [On(Rule(), new PolicyPort("UDP", "", 1, 65535))], [])]);
        lab.Apply();
        await lab.AwaitLinksAsync();
        // Port unreachable comes from a pod that may open nothing, to one that nothing may come to.
        foreach (var address in new[] { far.V4, far.V6 })
        {
            using var closed = near.Netns.Handle.Run(() => new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
            closed.Connect(new IPEndPoint(address, 7));
            closed.Send("x"u8);
            closed.ReceiveTimeout = 1000;
            Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() => closed.Receive(new byte[1])).SocketErrorCode);
        }
        Assert.False(await EchoAsync(near.Netns, far.V4));
        // Too big for the tunnel between the links: the node says so, and TCP and UDP of full size pass in pieces.
        Assert.True(await UdpAsync(near.Netns, far.V4, Port, 1000));
        Assert.Equal(Vitrine.Dataplane.Probes.ProbeAnswer.TooBig,
            (await Vitrine.Dataplane.Probes.UdpProbe.SendAsync(near.Netns.Handle, new IPEndPoint(far.V4, Port), null, 1472, TimeSpan.FromSeconds(1), TimeProvider.System)).Answer);
    }

    [Fact]
    public async Task A_pod_that_sends_with_a_foreign_address_gets_nothing_through()
    {
        using var lab = new PolicyLab(1);
        var (server, client) = (lab.Add(0, "server"), lab.Add(0, "client"));
        lab.Policies.Add(Policy("closed", "client", null, []));
        lab.Apply();
        await lab.AwaitLinksAsync();
        using var arrivals = new Arrivals(server, null);
        // Of IPv4 the reverse path filter would take it too, of IPv6 nothing else here does.
        foreach (var foreign in new[] { "fd00:77::1", "10.9.9.9" })
        {
            var address = IPAddress.Parse(foreign);
            client.Netns.Socket.AddAddress(client.Netns.Socket.GetLink("eth0").Index, address, address.GetAddressBytes().Length * 8);
            using var udp = client.Netns.Handle.Run(() => new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
            udp.Bind(new IPEndPoint(address, 0));
            udp.SendTo("x"u8, new IPEndPoint(address.AddressFamily == AddressFamily.InterNetworkV6 ? server.V6 : server.V4, Port));
        }
        Assert.False(await UdpAsync(client.Netns, server.V6, Port));
        Assert.Equal(0UL, arrivals.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Fragments_are_judged_by_the_datagram_they_are_of(bool v6) => OnlyThePortPassesAsync(v6, 20_000, _ => { });

    /// <summary>Options before the datagram (RFC 8200 4.3, 4.6) hide neither its protocol nor its port.</summary>
    [Theory]
    [InlineData(HopOptions)]
    [InlineData(DestinationOptions)]
    public Task Headers_of_IPv6_before_the_datagram_hide_nothing(int header) => OnlyThePortPassesAsync(v6: true, 9, udp => udp.SetRawSocketOption(ProtocolIpv6, header, [0, 0, 1, 4, 0, 0, 0, 0]));

    [Fact]
    public void A_pod_reaches_itself_by_a_Service_whatever_policies_say()
    {
        using var services = new ServiceLab(1, 1);
        using var node = new PolicyLab(services.Lab);
        var web = services.Webs[0];
        node.Policies.Add(Policy("deny", null, [], []));
        services.Apply();
        node.Apply();
        Assert.StartsWith("web-0", Client.Tcp(web.Netns, ServiceLab.Vip4, 80));
        Assert.StartsWith("web-0", Client.Udp(web.Netns, ServiceLab.Vip6, 80));
        Assert.Equal("silent", Client.Tcp(services.Clients[0].Netns, ServiceLab.Vip4, 80));
        // Policies see the pod behind the Service, and the client as it is.
        services.Clients[0].Pod = services.Clients[0].Pod with { Labels = services.Clients[0].Pod.Labels.SetItem("app", "client") };
        node.Policies.Add(Policy("allow", null, [On(Rule(Pods("client")), new PolicyPort("TCP", "", 8080, 8080))], [On(Rule(), new PolicyPort("TCP", "", 8080, 8080))]));
        node.Apply();
        Assert.StartsWith("web-0", Client.Tcp(services.Clients[0].Netns, ServiceLab.Vip4, 80));
    }

    [Fact]
    public async Task Of_a_nodes_processes_only_the_gateways_are_judged()
    {
        using var lab = new PolicyLab(1);
        var web = lab.Add(0, "web");
        lab.Policies.Add(Policy("deny", null, []));
        lab.Apply();
        await lab.AwaitLinksAsync();
        Assert.Equal("ok", Gateway(lab, web, "0"));
        Assert.Equal("no", Gateway(lab, web, $"{Vitrine.Dataplane.PolicyTables.GatewayGroup}"));
        lab.Policies.Add(Policy("gateway", "web", [Rule(Block($"{web.Node.V4}/32"))]));
        lab.Apply();
        Assert.Equal("ok", Gateway(lab, web, $"{Vitrine.Dataplane.PolicyTables.GatewayGroup}"));
    }

    private static string Gateway(PolicyLab lab, LabPod to, string group) =>
        Nft.Shell(lab.Lab.Nodes[0].Netns, $"setpriv --regid={group} --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs timeout 1 bash -c 'exec 3<>/dev/tcp/{to.V4}/{Port}' 2>/dev/null && echo ok || echo no").Trim();

    private static Socket Connect(LabPod from, IPAddress to, SocketType type)
    {
        var socket = from.Netns.Handle.Run(() => new Socket(to.AddressFamily, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp));
        socket.Connect(new IPEndPoint(to, Port));
        return socket;
    }

    /// <summary>What comes back within a moment; empty for nothing.</summary>
    private static string Say(Socket socket, string words)
    {
        if (socket.ReceiveTimeout == 0)
            socket.ReceiveTimeout = 400;
        if (words.Length > 0)
            socket.Send(System.Text.Encoding.ASCII.GetBytes(words));
        var buffer = new byte[100];
        try
        {
            return System.Text.Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer));
        }
        catch (SocketException)
        {
            return "";
        }
    }

    /// <summary>A datagram so large, by a socket made so, is answered from the port that a policy lets in, and from no other.</summary>
    private static async Task OnlyThePortPassesAsync(bool v6, int size, Action<Socket> prepare)
    {
        using var lab = new PolicyLab(1, 1);
        var (server, client) = (lab.Add(0, "server"), lab.Add(1, "client"));
        lab.Policies.Add(Policy("port", "server", [On(Rule(Pods("client")), new PolicyPort("UDP", "", Port, Port))]));
        lab.Apply();
        await lab.AwaitLinksAsync();
        foreach (var (port, passes) in new[] { (Port, true), (Other, false) })
        {
            using var udp = client.Netns.Handle.Run(() => new Socket(v6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
            prepare(udp);
            udp.Connect(new IPEndPoint(v6 ? server.V6 : server.V4, port));
            udp.ReceiveTimeout = 1000;
            udp.Send(new byte[size]);
            if (passes)
                Assert.Equal(size, udp.Receive(new byte[30_000]));
            else
                Assert.Throws<SocketException>(() => udp.Receive(new byte[30_000]));
        }
    }
}
