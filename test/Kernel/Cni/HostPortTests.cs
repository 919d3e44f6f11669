using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Xunit;

namespace Vitrine.Kernel.Cni;

public sealed class HostPortTests : IDisposable
{
    private readonly PluginNetwork network = new();
    private readonly OutsideHost outside;

    public HostPortTests() => outside = new OutsideHost(network);

    public void Dispose()
    {
        outside.Dispose();
        network.Dispose();
    }

    [Theory]
    [InlineData("routed")]
    [InlineData("bridge")]
    public void A_port_of_the_host_leads_to_the_pod_over_both_families(string mode)
    {
        var (pod, other) = (network.NewPod(), network.NewPod());
        Add("a", pod, Config(Port(8080, 80), mode));
        Add("b", other, Config(null, mode));
        using var server = Traffic.Listen(pod, 80);
        using var server6 = Traffic.Listen(pod, 80, family: AddressFamily.InterNetworkV6, address: "fd00:244::2");

        Assert.Equal("203.0.113.2", Seen(server, outside.Netns, "203.0.113.1"));
        Assert.Equal("2001:db8::2", Seen(server6, outside.Netns, "2001:db8::1"));
        Assert.NotNull(Seen(server, network.Host, "203.0.113.1"));
        Assert.NotNull(Seen(server, network.Host, "127.0.0.1"));
        Assert.NotNull(Seen(server, other, "203.0.113.1"));
        Assert.NotNull(Seen(server6, other, "2001:db8::1"));
        // To itself by the host: masqueraded, or the answer would never see the host.
        Assert.NotEqual("10.244.0.2", Seen(server, pod, "203.0.113.1"));
        Assert.NotNull(Seen(server, pod, "203.0.113.1"));
    }

    [Fact]
    public void Traffic_that_only_passes_the_host_is_left_alone()
    {
        var (pod, target) = (network.NewPod(), network.NewPod());
        Add("a", pod, Config(Port(8080, 80)));
        Add("b", target, Config(null));
        using var wrong = Traffic.Listen(pod, 80);
        using var right = Traffic.Listen(target, 8080);
        Assert.Equal("203.0.113.2", Traffic.SeenBy(right, outside.Netns, "10.244.0.3", 8080)?.ToString());
    }

    [Fact]
    public void A_host_address_limits_the_port_to_it()
    {
        var (pod, local) = (network.NewPod(), network.NewPod());
        Add("a", pod, Config(Port(8080, 80, hostIP: "203.0.113.1")));
        Add("b", local, Config(Port(8080, 80, hostIP: "127.0.0.1")));
        using var server = Traffic.Listen(pod, 80);
        using var loopback = Traffic.Listen(local, 80);

        Assert.NotNull(Seen(server, outside.Netns, "203.0.113.1"));
        Assert.Null(Traffic.SeenBy(server, outside.Netns, "192.0.2.1", 8080, patience: Traffic.ShortWhile));
        Assert.NotNull(Seen(loopback, network.Host, "127.0.0.1"));
    }

    [Fact]
    public void Loopback_addresses_from_outside_are_dropped_although_loopback_is_routed()
    {
        var pod = network.NewPod();
        Add("a", pod, Config(Port(8080, 80)));
        using var secret = Traffic.Listen(network.Host, 7777, address: "127.0.0.1");
        using var udp = Traffic.Listen(network.Host, 7778, ProtocolType.Udp, address: "127.0.0.1");
        // As an attacker with NET_ADMIN in the pod, or on the node's link, would: 127.0.0.1 by the gateway.
        foreach (var (attacker, link, gateway) in new[] { (pod, "eth0", "169.254.1.1"), (outside.Netns, "eth0", "203.0.113.1") })
        {
            attacker.Socket.DeleteAddress(1, IPAddress.Loopback, 8);
            var index = attacker.Socket.GetLink(link).Index;
            attacker.Handle.Run(() => NetSysctl.Write($"ipv4/conf/{link}/route_localnet", "1"));
            attacker.Socket.ReplaceRoute(new RouteSpec(IPNetwork.Parse("127.0.0.0/8")) { Gateway = IPAddress.Parse(gateway), LinkIndex = index, OnLink = true });
            Assert.Null(Traffic.SeenBy(secret, attacker, "127.0.0.1", 7777, patience: Traffic.ShortWhile));
            using var client = Traffic.Udp(attacker);
            client.SendTo("x"u8, new IPEndPoint(IPAddress.Loopback, 7778));
            Assert.False(udp.Poll(Traffic.ShortWhile, SelectMode.SelectRead));
        }
        Assert.Equal("1", network.Host.Handle.Run(() => NetSysctl.Read($"ipv4/conf/{network.Attached()[0].Name}/route_localnet")));
    }

    [Fact]
    public async Task To_the_loopback_of_IPv6_a_client_is_refused_at_once_and_tries_the_other()
    {
        var pod = network.NewPod();
        Add("a", pod, Config(Port(8080, 80)));
        using var server = Traffic.Listen(pod, 80, family: AddressFamily.InterNetworkV6);
        using var client = network.Host.Handle.Run(() => new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp));
        using var late = new CancellationTokenSource(Traffic.Patience);
        Assert.Equal(SocketError.ConnectionRefused, (await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(IPAddress.IPv6Loopback, 8080, late.Token).AsTask())).SocketErrorCode);
    }

    [Fact]
    public void Loopback_is_routed_only_to_pods_that_are_published_on_it()
    {
        var (plain, one) = (network.NewPod(), network.NewPod());
        Add("a", plain, Config(null));
        Add("b", one, Config(Port(8080, 80, hostIP: "203.0.113.1")));
        foreach (var link in network.Attached())
            Assert.Equal("0", network.Host.Handle.Run(() => NetSysctl.Read($"ipv4/conf/{link.Name}/route_localnet")));
    }

    [Fact]
    public void A_taken_port_is_refused_with_its_holder_and_leaves_nothing()
    {
        Add("a", network.NewPod(), Config(Port(8080, 80)), "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0");
        foreach (var mapping in new[] { Port(8080, 81), Port(8080, 81, hostIP: "203.0.113.1") })
        {
            var refused = network.Add("b", network.NewPod(), Config(mapping));
            Assert.Equal(105, refused.Code);
            Assert.Contains("8080/tcp", (string)refused.Json["msg"]!);
            Assert.Contains("shop/web-0", (string)refused.Json["details"]!);
        }
        Assert.Single(network.Attached());
        Assert.Single(network.Leases());
        network.Add("c", network.NewPod(), Config(Port(8080, 80, "udp"))).Succeeds();
    }

    [Fact]
    public void After_del_the_port_is_free_and_nothing_is_left_in_the_maps()
    {
        var pod = network.NewPod();
        Add("a", pod, Config(Port(8080, 80)));
        Assert.Equal(4, network.Elements("vitrine-hostports").Count);
        network.Del("a", pod).Succeeds();
        Assert.Empty(network.Elements("vitrine-hostports"));
        Add("b", network.NewPod(), Config(Port(8080, 80)));
    }

    [Fact]
    public void The_port_of_a_pod_that_vanished_without_del_is_free()
    {
        var pod = new ThrowAwayNetns();
        Add("a", pod, Config(Port(8080, 80)));
        pod.Dispose();
        PluginNetwork.WaitFor(() => network.Attached().Count == 0, () => "the kernel keeps the link");
        Add("b", network.NewPod(), Config(Port(8080, 81)));
    }

    [Fact]
    public void A_udp_flow_follows_its_port_to_the_next_pod()
    {
        var (first, second) = (network.NewPod(), network.NewPod());
        using var client = Traffic.Udp(outside.Netns);
        Add("none", network.NewPod(), Config(Port(1, 1)));
        // Before there is a mapping: the host answers nothing, but remembers the flow.
        client.SendTo("early"u8, new IPEndPoint(IPAddress.Parse("203.0.113.1"), 5353));
        Add("a", first, Config(Port(5353, 53, "udp")));
        using var one = Traffic.Listen(first, 53, ProtocolType.Udp);
        using var again = Traffic.Udp(outside.Netns);
        Assert.True(Traffic.Answers(one, again, "203.0.113.1", 5353));

        network.Del("a", first).Succeeds();
        Add("b", second, Config(Port(5353, 53, "udp")));
        using var two = Traffic.Listen(second, 53, ProtocolType.Udp);
        Assert.True(Traffic.Answers(two, again, "203.0.113.1", 5353));
    }

    [Fact]
    public void Check_misses_a_mapping_that_was_taken_away_and_gc_writes_it_anew()
    {
        var pod = network.NewPod();
        var config = Config(Port(8080, 80));
        config["cniVersion"] = "1.1.0";
        config["prevResult"] = network.Add("a", pod, config).Succeeds().Json.DeepClone();
        network.Call("CHECK", "a", pod.Path, config).Succeeds();
        Nft.Run(network.Host, "flush ruleset");
        Assert.Equal(104, network.Call("CHECK", "a", pod.Path, config).Code);

        var gc = network.Config("1.1.0");
        gc["cni.dev/valid-attachments"] = new JsonArray { new JsonObject { ["containerID"] = "a", ["ifname"] = "eth0" } };
        network.CallRaw(gc.ToJsonString(), null, ("CNI_COMMAND", "GC"), ("CNI_PATH", "/x")).Succeeds();
        using var server = Traffic.Listen(pod, 80);
        Assert.Equal("203.0.113.2", Seen(server, outside.Netns, "203.0.113.1"));
        Assert.NotNull(Seen(server, network.Host, "127.0.0.1"));
        config["ipam"] = network.Config()["ipam"]!.DeepClone();
        network.Call("CHECK", "a", pod.Path, config).Succeeds();
    }

    [Fact]
    public void Hundred_at_once_get_their_ports_and_of_two_for_one_port_one()
    {
        var count = PluginNetwork.Published is null ? 20 : 100;
        var pods = Enumerable.Range(0, count).Select(_ => network.NewPod()).ToArray();
        var answers = new PluginAnswer[count];
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = count }, i => answers[i] = network.Add($"c{i}", pods[i], Config(Port(10_000 + i / 2, 80), v6: false)));
        for (var i = 0; i < count; i += 2)
            Assert.Equal([0, 105], new[] { answers[i].Code, answers[i + 1].Code }.Order());
        Assert.Equal(count / 2, network.Attached().Count);
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = count }, i => network.Del($"c{i}", pods[i]).Succeeds());
        network.WaitUntilClean();
        Assert.Empty(network.Elements("vitrine-hostports"));
    }

    private static JsonObject Port(int host, int container, string protocol = "tcp", string? hostIP = null)
    {
        var mapping = new JsonObject { ["hostPort"] = host, ["containerPort"] = container, ["protocol"] = protocol };
        if (hostIP is not null)
            mapping["hostIP"] = hostIP;
        return mapping;
    }

    private JsonObject Config(JsonObject? mapping, string mode = "routed", bool v6 = true)
    {
        var config = network.Config(subnet6: v6 ? "fd00:244::/64" : null, mode: mode);
        if (mapping is not null)
            config["runtimeConfig"] = new JsonObject { ["portMappings"] = new JsonArray { mapping.DeepClone() } };
        return config;
    }

    private void Add(string id, ThrowAwayNetns pod, JsonObject config, string? args = null) => network.Call("ADD", id, pod.Path, config, args: args).Succeeds();

    private static string? Seen(Socket server, ThrowAwayNetns from, string to) => Traffic.SeenBy(server, from, to, 8080)?.ToString();
}
