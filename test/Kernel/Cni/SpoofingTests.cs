using System.Net;
using System.Net.Sockets;
using System.Text;
using Vitrine.Cni.Wiring;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Linux.Nft;
using Xunit;

namespace Vitrine.Kernel.Cni;

/// <summary>A pod with NET_RAW and NET_ADMIN writes frames of its own; what is not its own arrives nowhere.</summary>
public sealed class SpoofingTests : IDisposable
{
    private readonly PluginNetwork network = new();
    private readonly ThrowAwayNetns attacker, victim;

    public SpoofingTests() => (attacker, victim) = (network.NewPod(), network.NewPod());

    public void Dispose() => network.Dispose();

    [Theory]
    [InlineData("routed", "10.244.0.2", "10.244.0.3", "10.244.0.77")]
    [InlineData("routed", "fd00:244::2", "fd00:244::3", "fd00:244::77")]
    [InlineData("bridge", "10.244.0.2", "10.244.0.3", "10.244.0.77")]
    [InlineData("bridge", "fd00:244::2", "fd00:244::3", "fd00:244::77")]
    public void Only_a_packet_with_the_pods_own_address_and_mac_arrives(string mode, string own, string target, string other)
    {
        Attach(mode);
        var (mine, next) = (Mac(attacker), NextHop(mode));
        using var server = Traffic.Listen(victim, 9999, ProtocolType.Udp, IPAddress.Parse(own).AddressFamily, target);
        void Send(MacAddress from, string source, string text) =>
            Frame.Send(attacker, "eth0", Frame.Udp(next, from, IPAddress.Parse(source), IPAddress.Parse(target), 9999, Encoding.ASCII.GetBytes(text)));

        Send(mine, other, "lie");
        Send(mine, target, "self");
        Send(MacAddress.LocallyAdministered(7), own, "mac");
        Send(mine, own, "truth");
        Assert.Equal(["truth"], Received(server));
    }

    [Fact]
    public void On_a_bridge_no_one_answers_for_another()
    {
        Attach("bridge");
        using var tap = Frame.Packets(victim);
        var mine = Mac(attacker);
        Frame.Send(attacker, "eth0", Frame.Arp(mine, mine, IPAddress.Parse("10.244.0.1")));
        Frame.Send(attacker, "eth0", Frame.Arp(mine, MacAddress.LocallyAdministered(9), IPAddress.Parse("10.244.0.2")));
        Frame.Send(attacker, "eth0", Advertisement(mine, "fd00:244::2", "fd00:244::1"));
        Frame.Send(attacker, "eth0", Frame.Ethernet(Frame.Everybody, mine, 0x88b5, "local experiment"u8));
        Assert.Empty(Frames(tap));

        Frame.Send(attacker, "eth0", Frame.Arp(mine, mine, IPAddress.Parse("10.244.0.2")));
        Frame.Send(attacker, "eth0", Advertisement(mine, "fd00:244::2", "fd00:244::2"));
        Assert.Equal([0x0806, 0x86dd], Frames(tap).Select(f => f[12] << 8 | f[13]));
    }

    [Theory]
    [InlineData("routed")]
    [InlineData("bridge")]
    public void Router_advertisements_of_a_pod_reach_neither_host_nor_pod(string mode)
    {
        Attach(mode);
        // The host listens as badly configured as can be.
        network.Host.Handle.Run(() =>
        {
            foreach (var link in network.Attached().Select(l => l.Name).Append("all").Append("default"))
                NetSysctl.TryWrite($"ipv6/conf/{link}/accept_ra", "2");
        });
        byte[] prefix = [3, 4, 64, 0xc0, 0, 0, 0x0e, 0x10, 0, 0, 0x0e, 0x10, 0, 0, 0, 0, .. IPAddress.Parse("2001:db8:bad::").GetAddressBytes()];
        byte[] advertisement = [134, 0, 0, 0, 64, 0, 0x0e, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, .. prefix];
        Frame.Send(attacker, "eth0", Frame.Icmp6(new MacAddress(0x3333_0000_0001), Mac(attacker), LinkLocal.Of(Mac(attacker)), IPAddress.Parse("ff02::1"), advertisement));

        using var nft = NftSocket.OpenIn(network.Host.Handle);
        var family = mode == "bridge" ? NftFamily.Bridge : NftFamily.Inet;
        PluginNetwork.WaitFor(() => nft.ListRules(new NftTable(family, "vitrine-antispoof")).Single(r => r.Comment == "router advertisement").Packets == 1, () => "the advertisement was not dropped");
        foreach (var hearer in (ThrowAwayNetns[])[network.Host, victim])
            Assert.DoesNotContain(hearer.Socket.ListRoutes(), r => r.Destination.ToString().StartsWith("2001:db8:bad:", StringComparison.Ordinal) || r is { LinkIndex: not 0, Protocol: 9 });
    }

    [Theory]
    [InlineData("routed")]
    [InlineData("bridge")]
    public void What_a_pod_needs_before_it_has_an_address_passes(string mode)
    {
        Attach(mode);
        using var tap = Frame.Packets(network.Host);
        var mine = Mac(attacker);
        byte[] solicitation = [135, 0, 0, 0, 0, 0, 0, 0, .. LinkLocal.Of(mine).GetAddressBytes()];
        Frame.Send(attacker, "eth0", Frame.Icmp6(new MacAddress(0x3333_ff00_0001), mine, IPAddress.IPv6Any, IPAddress.Parse("ff02::1:ff00:1"), solicitation));
        var chain = new NftTable(mode == "bridge" ? NftFamily.Bridge : NftFamily.Inet, "vitrine-antispoof");
        using var nft = NftSocket.OpenIn(network.Host.Handle);
        Assert.All(nft.ListRules(chain).Where(r => r.Packets is not null), r => Assert.Equal(0ul, r.Packets));
    }

    [Fact]
    public void The_table_reads_as_rules_and_names_the_pod()
    {
        network.Call("ADD", "a", attacker.Path, network.Config(subnet6: "fd00:244::/64"), args: "K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0").Succeeds();
        var link = Assert.Single(network.Attached()).Name;
        var text = Nft.List(network.Host, new NftTable(NftFamily.Inet, "vitrine-antispoof"));
        Assert.Contains($"\"{link}\" . {Mac(attacker)} . 10.244.0.2 comment \"{link} net a eth0 shop/web-0\"", text);
        Assert.Contains($"\"{link}\" . {Mac(attacker)} . {LinkLocal.Of(Mac(attacker))}", text);
        Assert.Contains("iifname . ether saddr . ip saddr @pairs4 return", text);
    }

    [Fact]
    public void After_a_flush_the_next_add_protects_all_pods_again()
    {
        Attach("routed");
        Nft.Run(network.Host, "flush ruleset");
        network.Add("c", network.NewPod(), network.Config(subnet6: "fd00:244::/64")).Succeeds();
        Assert.Equal(3 + 3 + 6, network.Elements("vitrine-antispoof").Count);
        using var server = Traffic.Listen(victim, 80);
        Assert.Equal("10.244.0.2", Traffic.SeenBy(server, attacker, "10.244.0.3", 80)?.ToString());
    }

    [Fact]
    public void It_can_be_switched_off()
    {
        var config = network.Config();
        config["antiSpoofing"] = false;
        network.Add("a", attacker, config).Succeeds();
        Assert.Empty(network.Elements("vitrine-antispoof"));
    }

    private static byte[] Advertisement(MacAddress mine, string source, string target)
    {
        byte[] message = [136, 0, 0, 0, 0x20, 0, 0, 0, .. IPAddress.Parse(target).GetAddressBytes(), 2, 1, .. new byte[6]];
        mine.Write(message.AsSpan(26));
        return Frame.Icmp6(new MacAddress(0x3333_0000_0001), mine, IPAddress.Parse(source), IPAddress.Parse("ff02::1"), message);
    }

    private void Attach(string mode)
    {
        network.Add("a", attacker, network.Config(subnet6: "fd00:244::/64", mode: mode)).Succeeds();
        network.Add("b", victim, network.Config(subnet6: "fd00:244::/64", mode: mode)).Succeeds();
    }

    private static MacAddress Mac(ThrowAwayNetns pod) => pod.Socket.GetLink("eth0").Mac!.Value;

    private MacAddress NextHop(string mode) =>
        mode == "bridge" ? Mac(victim) : network.Host.Socket.ListLinks().Single(l => l.Index == attacker.Socket.GetLink("eth0").PeerIndex && l.Kind == "veth").Mac!.Value;

    private static List<string> Received(Socket server)
    {
        var texts = new List<string>();
        var buffer = new byte[64];
        while (server.Poll(TimeSpan.FromMilliseconds(texts.Count == 0 ? 2000 : 200), SelectMode.SelectRead))
            texts.Add(Encoding.ASCII.GetString(buffer, 0, server.Receive(buffer)));
        return texts;
    }

    /// <summary>Frames of the kinds these tests write; the kernels' own solicitations and reports pass by as well.</summary>
    private static List<byte[]> Frames(Socket tap)
    {
        var frames = new List<byte[]>();
        var buffer = new byte[2048];
        while (tap.Poll(TimeSpan.FromMilliseconds(300), SelectMode.SelectRead))
            frames.Add(buffer[..tap.Receive(buffer)]);
        frames.RemoveAll(f => (f[12] << 8 | f[13]) is not 0x0806 and not 0x88b5 && !((f[12] << 8 | f[13]) == 0x86dd && f[20] == 58 && f[54] == 136));
        return frames;
    }
}
