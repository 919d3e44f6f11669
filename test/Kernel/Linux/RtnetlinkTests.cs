using System.Net;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Xunit;

namespace Vitrine.Kernel.Linux;

public sealed class RtnetlinkTests : IDisposable
{
    private readonly ThrowAwayNetns here = new();

    public void Dispose() => here.Dispose();

    [Fact]
    public void A_veth_peer_is_born_in_the_other_namespace()
    {
        using var there = new ThrowAwayNetns();
        here.Socket.CreateVeth(new VethSpec("host0", "eth0") { PeerNetns = there.Handle, Mtu = 1400, Mac = new MacAddress(0x02_00_00_00_00_07) });

        var host = here.Socket.GetLink("host0");
        var pod = there.Socket.GetLink("eth0");
        Assert.Null(here.Socket.FindLink("eth0"));
        Assert.Equal("veth", host.Kind);
        Assert.Equal(pod.Index, host.PeerIndex);
        Assert.Equal((1400, 1400), (host.Mtu, pod.Mtu));
        Assert.Equal("02:00:00:00:00:07", host.Mac.ToString());
    }

    [Fact]
    public void A_bridge_takes_ports_and_keeps_its_mac()
    {
        Assert.True(MacAddress.TryParse("02:11:22:33:44:55", out var mac));
        here.Socket.CreateBridge("vtr0", mac);
        here.Socket.CreateVeth("port", "far");
        here.Socket.SetMaster("port", "vtr0");
        here.Socket.SetUp("vtr0");

        Assert.Equal(here.Socket.GetLink("vtr0").Index, here.Socket.GetLink("port").Master);
        Assert.Equal(mac, here.Socket.GetLink("vtr0").Mac);
        Assert.True(here.Socket.GetLink("vtr0").IsUp);
    }

    [Fact]
    public void Addresses_and_routes_come_back_as_they_were_written()
    {
        here.Socket.CreateVeth("a", "b");
        here.Socket.SetUp("a");
        here.Socket.SetUp("b");
        var a = here.Socket.GetLink("a").Index;
        here.Socket.AddAddress(a, IPAddress.Parse("10.99.0.1"), 24);
        here.Socket.AddAddress(a, IPAddress.Parse("fd99::1"), 64);
        here.Socket.ReplaceRoute(RouteSpec.Blackhole(IPNetwork.Parse("10.98.0.0/16")));
        here.Socket.ReplaceRoute(new RouteSpec(IPNetwork.Parse("0.0.0.0/0")) { Gateway = IPAddress.Parse("169.254.1.1"), LinkIndex = a, OnLink = true });
        here.Socket.ReplaceRoute(new RouteSpec(IPNetwork.Parse("10.97.0.5/32")) { LinkIndex = a, Source = IPAddress.Parse("10.99.0.1"), Mtu = 1400 });
        here.Socket.ReplaceRoute(new RouteSpec(IPNetwork.Parse("fd98::/64")) { Gateway = IPAddress.Parse("fd99::2"), LinkIndex = a });
        here.Socket.ReplaceRoute(new RouteSpec(IPNetwork.Parse("10.96.0.0/16")) { Type = RouteType.Unreachable, Table = 1000 });

        var addresses = here.Socket.ListAddresses();
        Assert.Contains(new LinkAddress(a, IPAddress.Parse("10.99.0.1"), 24), addresses);
        Assert.Contains(new LinkAddress(a, IPAddress.Parse("fd99::1"), 64), addresses);
        var routes = here.Socket.ListRoutes();
        Assert.Equal(RouteType.Blackhole, Route(routes, "10.98.0.0/16").Type);
        Assert.True(Route(routes, "0.0.0.0/0").OnLink);
        Assert.Equal(IPAddress.Parse("169.254.1.1"), Route(routes, "0.0.0.0/0").Gateway);
        Assert.Equal((RouteScope.Link, 1400), (Route(routes, "10.97.0.5/32").Scope, Route(routes, "10.97.0.5/32").Mtu));
        Assert.Equal(IPAddress.Parse("fd99::2"), Route(routes, "fd98::/64").Gateway);
        Assert.Equal((RouteType.Unreachable, 1000u), (Route(routes, "10.96.0.0/16").Type, Route(routes, "10.96.0.0/16").Table));

        here.Socket.DeleteRoute(new RouteSpec(IPNetwork.Parse("0.0.0.0/0")));
        here.Socket.DeleteRoute(RouteSpec.Blackhole(IPNetwork.Parse("10.98.0.0/16")));
        here.Socket.DeleteAddress(a, IPAddress.Parse("10.99.0.1"), 24);
        Assert.DoesNotContain(here.Socket.ListRoutes(), r => r.Destination.ToString() is "0.0.0.0/0" or "10.98.0.0/16");
        Assert.False(here.Socket.TryDeleteRoute(new RouteSpec(IPNetwork.Parse("0.0.0.0/0"))));
    }

    [Fact]
    public void A_group_is_deleted_in_one_request()
    {
        for (var i = 0; i < 3; i++)
            here.Socket.CreateVeth(new VethSpec($"g{i}", $"p{i}") { Group = 77 });
        here.Socket.CreateVeth("stays", "too");

        Assert.True(here.Socket.TryDeleteGroup(77));
        Assert.Equal(["lo", "stays", "too"], here.Socket.ListLinks().Select(l => l.Name).Order());
        Assert.False(here.Socket.TryDeleteGroup(77));
    }

    [Fact]
    public void A_refusal_names_the_object_and_the_errno()
    {
        here.Socket.CreateVeth("twice", "peer");

        var e = Assert.Throws<NetlinkException>(() => here.Socket.CreateVeth("twice", "peer2"));
        Assert.Equal(Errno.EEXIST, e.Errno);
        Assert.Contains("create veth twice", e.Message);
        Assert.Contains("EEXIST", e.Message);
    }

    [Fact]
    public void The_kernels_own_words_are_passed_on()
    {
        var e = Assert.Throws<NetlinkException>(() => here.Socket.ReplaceRoute(
            new RouteSpec(IPNetwork.Parse("10.0.0.0/8")) { Gateway = IPAddress.Parse("192.0.2.1") }));
        Assert.Equal("Nexthop has invalid gateway", e.KernelMessage);
    }

    [Fact]
    public void A_batch_goes_on_after_a_failure_and_reports_the_first()
    {
        var e = Assert.Throws<NetlinkException>(() => here.Socket.Batch()
            .DeleteLink("missing-1").CreateBridge("made").DeleteLink("missing-2").Send());
        Assert.Contains("missing-1", e.Message);
        Assert.NotNull(here.Socket.FindLink("made"));
    }

    [Fact]
    public void Many_links_are_listed_whole()
    {
        var batch = here.Socket.Batch();
        for (var i = 0; i < 300; i++)
            batch.CreateBridge($"br{i}");
        batch.Send();
        Assert.Equal(301, here.Socket.ListLinks().Count);
    }

    [Fact]
    public void Sysctls_are_those_of_the_namespace()
    {
        var before = NetSysctl.Read("ipv4/ip_forward");
        var inside = here.Handle.Run(() =>
        {
            NetSysctl.Write("ipv4/ip_forward", "1");
            return NetSysctl.Read("ipv4/ip_forward");
        });
        Assert.Equal("1", inside);
        Assert.Equal(before, NetSysctl.Read("ipv4/ip_forward"));
    }

    [Fact]
    public void A_namespace_is_known_by_its_inode_and_gone_after_unpinning()
    {
        using var current = NetnsHandle.Current();
        using var again = NetnsHandle.Open(here.Path);
        Assert.Equal(here.Handle.Inode(), again.Inode());
        Assert.NotEqual(current.Inode(), again.Inode());

        var path = Path.Combine(here.Directory.FullName, "short-lived");
        PinnedNetns.Create(path).Dispose();
        PinnedNetns.Remove(path);
        Assert.Null(NetnsHandle.TryOpen(path));
    }

    [Fact]
    public void A_plain_file_is_not_taken_for_a_namespace()
    {
        var path = Path.Combine(here.Directory.FullName, "plain");
        File.WriteAllText(path, "");
        Assert.Contains("not a namespace", Assert.Throws<LinuxException>(() => NetnsHandle.Open(path)).Message);
    }

    private static RouteSpec Route(IEnumerable<RouteSpec> routes, string destination) => routes.Single(r => r.Destination.ToString() == destination);
}
