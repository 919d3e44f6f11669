using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Vitrine.Linux.Netns;
using Xunit;

namespace Vitrine.Kernel.Cni;

public sealed class AddDelTests : IDisposable
{
    private readonly PluginNetwork network = new();

    public void Dispose() => network.Dispose();

    [Theory]
    [InlineData("routed")]
    [InlineData("bridge")]
    public void Two_pods_talk_over_both_families(string mode)
    {
        var config = network.Config(subnet6: "fd00:244::/64", mode: mode);
        var (a, b) = (network.NewPod(), network.NewPod());
        var first = network.Add("a", a, config).Succeeds();
        var second = network.Add("b", b, config).Succeeds();

        Assert.Equal("10.244.0.2", first.Address().Split('/')[0]);
        for (var i = 0; i < 2; i++)
            Assert.Equal(first.Address(i).Split('/')[0], SeenBy(second.Address(i).Split('/')[0], from: a, to: b).ToString());
    }

    /// <summary>The address has another MAC then. Whoever knew the old one must not have to find out in half a minute.</summary>
    [Fact]
    public void On_a_bridge_an_address_that_has_passed_to_another_pod_is_reached_at_once()
    {
        var config = network.Config(subnet6: "fd00:244::/64", mode: "bridge");
        string[] addresses = ["10.244.0.7", "fd00:244::7"];
        var (neighbour, first, second) = (network.NewPod(), network.NewPod(), network.NewPod());
        network.Add("neighbour", neighbour, config).Succeeds();
        Take("first", first);
        ReachedFromAll(first);
        network.Del("first", first, config).Succeeds();
        network.WaitUntil(links: 1);

        Take("second", second);
        ReachedFromAll(second);

        void Take(string id, ThrowAwayNetns pod) => network.Call("ADD", id, pod.Path, config, args: $"IP={string.Join(',', addresses)}").Succeeds();

        void ReachedFromAll(ThrowAwayNetns pod)
        {
            foreach (var address in addresses)
            {
                using var listener = Traffic.Listen(pod, 80, family: IPAddress.Parse(address).AddressFamily, address: address);
                Assert.NotNull(Traffic.SeenBy(listener, network.Host, address, 80));
                Assert.NotNull(Traffic.SeenBy(listener, neighbour, address, 80));
            }
        }
    }

    [Fact]
    public void The_host_reaches_a_pod_and_a_pod_the_host()
    {
        var pod = network.NewPod();
        var address = network.Add("a", pod).Succeeds().Address().Split('/')[0];

        Assert.Equal("192.0.2.1", SeenBy(address, from: network.Host, to: pod).ToString());
        Assert.Equal(address, SeenBy("192.0.2.1", from: pod, to: network.Host).ToString());
    }

    [Fact]
    public void A_pod_cannot_send_with_anothers_address()
    {
        var (a, b) = (network.NewPod(), network.NewPod());
        network.Add("a", a).Succeeds();
        var target = network.Add("b", b).Succeeds().Address().Split('/')[0];
        a.Socket.AddAddress(a.Socket.GetLink("eth0").Index, IPAddress.Parse("10.244.0.77"), 32);
        using var receiver = b.Handle.Run(() => Bound("0.0.0.0"));
        using var honest = a.Handle.Run(() => Bound("10.244.0.2"));
        using var liar = a.Handle.Run(() => Bound("10.244.0.77"));

        var to = new IPEndPoint(IPAddress.Parse(target), ((IPEndPoint)receiver.LocalEndPoint!).Port);
        liar.SendTo("lie"u8, to);
        honest.SendTo("truth"u8, to);
        var buffer = new byte[16];
        Assert.Equal("truth", System.Text.Encoding.ASCII.GetString(buffer, 0, receiver.Receive(buffer)));
    }

    [Fact]
    public void The_pod_accepts_no_router_advertisements_and_has_loopback()
    {
        var (v4, dual) = (network.NewPod(), network.NewPod());
        network.Add("a", v4).Succeeds();
        network.Add("b", dual, network.Config(subnet6: "fd00:244::/64")).Succeeds();

        Assert.True(v4.Socket.GetLink("lo").IsUp);
        Assert.Equal("0", v4.Handle.Run(() => NetSysctl.Read("ipv6/conf/eth0/accept_ra")));
        Assert.DoesNotContain(v4.Socket.ListAddresses(), a => a.LinkIndex != 1 && a.Address.AddressFamily == AddressFamily.InterNetworkV6);
        Assert.Equal(("0", "0"), dual.Handle.Run(() => (NetSysctl.Read("ipv6/conf/eth0/accept_ra"), NetSysctl.Read("ipv6/conf/eth0/accept_dad"))));
    }

    [Fact]
    public void The_host_link_says_whose_it_is()
    {
        network.Call("ADD", "a", network.NewPod().Path, network.Config(), args: "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0;K8S_POD_UID=d2c4").Succeeds();
        var link = Assert.Single(network.Attached());
        Assert.Equal("vitrine net a eth0 d2c4 shop/web-0", link.Alias);
        Assert.Equal(14, link.Name.Length);
    }

    [Fact]
    public void After_del_link_route_and_address_are_gone()
    {
        var pod = network.NewPod();
        network.Add("a", pod).Succeeds();
        network.Del("a", pod).Succeeds();

        Assert.DoesNotContain(network.Host.Socket.ListRoutes(), r => r.Destination.ToString() == "10.244.0.2/32" && r.LinkIndex != 0);
        network.WaitUntilClean();
    }

    [Fact]
    public void Del_of_an_unknown_container_succeeds() => Assert.Equal(new PluginAnswer(0, ""), network.Del("nobody"));

    [Fact]
    public void Del_twice_succeeds()
    {
        var pod = network.NewPod();
        network.Add("a", pod).Succeeds();
        network.Del("a", pod).Succeeds();
        network.Del("a", pod).Succeeds();
        network.WaitUntilClean();
    }

    [Fact]
    public void Del_without_the_namespace_frees_the_address()
    {
        var pod = new ThrowAwayNetns();
        network.Add("a", pod).Succeeds();
        pod.Dispose();
        PluginNetwork.WaitFor(() => network.Attached().Count == 0, () => "the kernel keeps the link");
        Assert.Single(network.Leases());

        network.Del("a").Succeeds();
        Assert.Empty(network.Leases());
    }

    [Fact]
    public void Add_right_after_del_of_the_same_container_succeeds()
    {
        var pod = network.NewPod();
        network.Add("a", pod).Succeeds();
        network.Del("a", pod).Succeeds();
        network.Add("a", pod).Succeeds();
        Assert.Single(network.Leases());
    }

    [Fact]
    public void Add_twice_is_refused_and_leaves_the_first_alone()
    {
        var pod = network.NewPod();
        var address = network.Add("a", pod).Succeeds().Address().Split('/')[0];
        Assert.Equal(101, network.Add("a", pod).Code);
        Assert.Equal(101, network.Call("ADD", "other", pod.Path, network.Config()).Code);
        Assert.Equal("192.0.2.1", SeenBy(address, from: network.Host, to: pod).ToString());
        Assert.Single(network.Leases());
    }

    [Fact]
    public void An_address_rests_before_it_is_used_again()
    {
        var pod = network.NewPod();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal($"10.244.0.{2 + i}/32", network.Add($"c{i}", pod).Succeeds().Address());
            network.Del($"c{i}", pod).Succeeds();
            network.WaitUntilClean();
        }
    }

    [Fact]
    public void An_exhausted_range_is_refused_without_leftovers_and_recovers_after_del()
    {
        var config = network.Config(subnet: "10.244.9.0/30");
        var pod = network.NewPod();
        network.Add("a", pod, config).Succeeds();
        var refused = network.Add("b", network.NewPod(), config);
        Assert.Equal(100, refused.Code);
        Assert.Contains("10.244.9.1-10.244.9.2", (string)refused.Json["msg"]!);
        Assert.Single(network.Attached());

        network.Del("a", pod, config).Succeeds();
        Assert.Equal("10.244.9.2/32", network.Add("b", network.NewPod(), config).Succeeds().Address());
    }

    [Fact]
    public void In_a_chain_the_earlier_result_comes_first()
    {
        var config = network.Config();
        config["prevResult"] = JsonNode.Parse("""{"cniVersion":"1.0.0","interfaces":[{"name":"x0","mac":"02:00:00:00:00:01"}],"ips":[{"address":"203.0.113.9/24","interface":0}],"routes":[{"dst":"203.0.113.0/24"}],"dns":{"nameservers":["192.0.2.53"]}}""");
        var result = network.Add("a", network.NewPod(), config).Succeeds().Json;

        Assert.Equal("x0", (string)result["interfaces"]![0]!["name"]!);
        Assert.Equal("203.0.113.9/24", (string)result["ips"]![0]!["address"]!);
        Assert.Equal(2, (int)result["ips"]![1]!["interface"]!);
        Assert.Equal("eth0", (string)result["interfaces"]![2]!["name"]!);
        Assert.Equal("192.0.2.53", (string)result["dns"]!["nameservers"]![0]!);
    }

    [Fact]
    public void Many_at_once_get_different_addresses_and_leave_nothing()
    {
        var count = PluginNetwork.Published is null ? 50 : 200;
        var pods = Enumerable.Range(0, count).Select(_ => network.NewPod()).ToArray();
        var results = new PluginAnswer[count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = count };
        Parallel.For(0, count, parallel, i => results[i] = network.Add($"c{i}", pods[i]));

        Assert.All(results, r => r.Succeeds());
        Assert.Equal(count, results.Select(r => r.Address()).Distinct().Count());
        Parallel.For(0, count, parallel, i => network.Del($"c{i}", pods[i]).Succeeds());
        network.WaitUntilClean();
    }

    private static Socket Bound(string address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 5000 };
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        return socket;
    }

    /// <summary>Connects by TCP; the answer is the client's address as the server sees it.</summary>
    private static IPAddress SeenBy(string server, ThrowAwayNetns from, ThrowAwayNetns to)
    {
        var address = IPAddress.Parse(server);
        using var listener = to.Handle.Run(() =>
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, 0));
            socket.Listen();
            return socket;
        });
        using var client = from.Handle.Run(() => new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        Assert.True(client.ConnectAsync(listener.LocalEndPoint!).Wait(TimeSpan.FromSeconds(5)), $"no connection to {listener.LocalEndPoint}");
        using var accepted = listener.Accept();
        return ((IPEndPoint)accepted.RemoteEndPoint!).Address;
    }
}
