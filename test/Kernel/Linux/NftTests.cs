using System.Collections.Immutable;
using System.Net;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Nft;
using Xunit;

namespace Vitrine.Kernel.Linux;

public sealed class NftTests : IDisposable
{
    private static readonly NftTable Table = new(NftFamily.Inet, "vitrine-test");
    private static readonly NftSet Ranges = new(Table, "ranges", [NftType.Ip4Address]) { Interval = true, Comment = "what pods have" };
    private static readonly NftSet Ports = new(Table, "ports", [NftType.Protocol, NftType.Port]) { Value = [NftType.Ip4Address, NftType.Port] };
    private static readonly NftSet Six = new(Table, "six", [NftType.Ip6Address]) { ToVerdicts = true };
    private static readonly NftSet Pairs = new(Table, "pairs", [NftType.Ip4Address, NftType.Port]) { Interval = true };
    private static readonly NftSet Seen = new(Table, "seen", [NftType.Ip4Address]) { Timeouts = true, Dynamic = true, Size = 1000 };
    private readonly ThrowAwayNetns here = new();
    private readonly NftSocket socket;

    public NftTests() => socket = NftSocket.OpenIn(here.Handle);

    public void Dispose()
    {
        socket.Dispose();
        here.Dispose();
    }

    [Fact]
    public void A_table_reads_as_nft_rules_to_people()
    {
        Assert.NotEqual(0, Whole().EnsureIn(socket));

        var listing = Nft.List(here, Table);
        foreach (var line in Whole().Rules)
            Assert.Contains(line.ToString(), listing);
        Assert.Contains("type filter hook forward priority filter; policy accept;", listing);
        Assert.Contains("type nat hook prerouting priority dstnat; policy accept;", listing);
        Assert.Contains("comment \"of a test\"", listing);
        Assert.Contains("10.1.0.0/24 comment \"node/a\", 10.1.1.0/24 comment \"node/b\"", listing);
        Assert.Contains("10.2.0.5-10.2.0.9", listing);
        Assert.Contains("tcp . 8080 comment \"pod/default/web\" : 10.1.0.7 . 80", listing);
        Assert.Contains("fd00::5 : jump other", listing);
        Assert.Contains("10.1.0.0/24 . 80-90", listing);
    }

    [Fact]
    public void A_table_that_is_as_it_shall_be_is_left_alone()
    {
        Whole().EnsureIn(socket);
        Assert.Equal(0, Whole().EnsureIn(socket));
    }

    [Theory]
    [InlineData("flush chain inet vitrine-test forward")]
    [InlineData("delete element inet vitrine-test ports { tcp . 8080 }")]
    [InlineData("add element inet vitrine-test ranges { 10.9.0.0/16 }")]
    [InlineData("insert rule inet vitrine-test forward accept")]
    [InlineData("add chain inet vitrine-test surplus")]
    [InlineData("flush ruleset")]
    public void What_somebody_else_changed_is_put_right(string change)
    {
        Whole().EnsureIn(socket);
        var before = Nft.List(here, Table);
        Nft.Run(here, change);
        Assert.NotEqual(before, Nft.Run(here, "list ruleset"));

        Assert.NotEqual(0, Whole().EnsureIn(socket));
        Assert.Equal(before, Nft.List(here, Table));
    }

    [Fact]
    public void Elements_come_and_go_without_touching_the_rest()
    {
        Whole().EnsureIn(socket);
        var rules = socket.ListRules(Table).Select(r => r.Handle).ToArray();
        var changed = Whole() with { Elements = Whole().Elements.SetItem("ranges", [NftElement.Of(IPNetwork.Parse("10.1.1.0/24")) with { Comment = "node/c" }]) };

        Assert.Equal(2, changed.EnsureIn(socket));
        var range = Assert.Single(socket.ListElements(Ranges));
        Assert.Equal(("node/c", NftKey.Of(IPAddress.Parse("10.1.1.0")), NftKey.Of(IPAddress.Parse("10.1.1.255"))), (range.Comment, range.Key, range.Last));
        Assert.Equal(rules, socket.ListRules(Table).Select(r => r.Handle));
    }

    [Fact]
    public void Ranges_up_to_the_last_address_come_back()
    {
        ImmutableArray<NftElement> wanted = [NftElement.Of(IPNetwork.Parse("0.0.0.0/4")), NftElement.Of(IPNetwork.Parse("240.0.0.0/4"))];
        socket.Batch().AddTable(Table).AddSet(Ranges).AddElements(Ranges, wanted).Send();
        Assert.Equal(wanted, socket.ListElements(Ranges));
        Assert.Contains("0.0.0.0/4, 240.0.0.0/4", Nft.List(here, Table));
    }

    [Fact]
    public void A_refusal_names_every_entry_and_nothing_is_done()
    {
        socket.Batch().AddTable(Table).Send();
        var e = Assert.Throws<NftException>(() => socket.Batch()
            .AddChain(new NftChain(Table, "made"))
            .AddRule(new NftRule(Table, "missing").Accept())
            .DeleteSet(Table, "absent")
            .Send());
        Assert.Equal(2, e.Refusals.Count);
        Assert.Equal(Errno.ENOENT, e.Errno);
        Assert.Contains("add rule \"accept\" to chain missing of table inet vitrine-test", e.Refusals[0].Message);
        Assert.Contains("delete set absent", e.Refusals[1].Message);
        Assert.Empty(socket.ListChains(Table));
    }

    [Fact]
    public void The_last_entry_may_be_the_wrong_one()
    {
        var e = Assert.Throws<NftException>(() => socket.Batch().AddTable(Table).DeleteChain(Table, "none").Send());
        Assert.Contains("delete chain none", Assert.Single(e.Refusals).Message);
        Assert.Empty(socket.ListTables());
    }

    [Fact]
    public void Thirty_thousand_elements_go_in_one_transaction()
    {
        var many = Enumerable.Range(0, 30_000).Select(i => NftElement.Of(NftValue.Protocol(6), NftValue.Port(i)).To(IPAddress.Parse("10.0.0.1"), NftValue.Port(i)) with { Comment = $"pod/{i}" }).ToArray();
        socket.Batch().AddTable(Table).AddSet(Ports).AddElements(Ports, many).Send();
        Assert.Equal(many.Length, socket.ListElements(Ports).Count);
        var e = Assert.Throws<NftException>(() => socket.Batch().DeleteElements(Ports, [.. many, NftElement.Of(NftValue.Protocol(17), NftValue.Port(1))]).Send());
        Assert.Equal(Errno.ENOENT, e.Errno);
        Assert.Equal(many.Length, socket.ListElements(Ports).Count);
        socket.Batch().DeleteElements(Ports, many).Send();
        Assert.Empty(socket.ListElements(Ports));
    }

    [Fact]
    public async Task An_element_is_listed_once_while_its_table_grows_and_shrinks()
    {
        var plain = new NftSet(Table, "plain", [NftType.Ip4Address]);
        socket.Batch().AddTable(Table).AddSet(plain).Send();
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(() =>
        {
            using var other = NftSocket.OpenIn(here.Handle);
            NftElement[] all = [.. Enumerable.Range(0, 3000).Select(i => NftElement.Of(new IPAddress([10, 1, (byte)(i >> 8), (byte)i])))];
            while (!stop.IsCancellationRequested)
            {
                for (var i = 0; i < all.Length; i += 100)
                    other.Batch().AddElements(plain, all[i..(i + 100)]).Send();
                for (var i = 0; i < all.Length; i += 100)
                    other.Batch().DeleteElements(plain, all[i..(i + 100)]).Send();
            }
        }, TestContext.Current.CancellationToken);
        for (var until = Environment.TickCount64 + 1500; Environment.TickCount64 < until;)
            try
            {
                var listed = socket.ListElements(plain);
                Assert.Equal(listed.Count, listed.Select(e => e.Key).Distinct().Count());
            }
            catch (LinuxException e) when (e.Errno == Errno.EAGAIN)
            {
                // It changed during each of the attempts.
            }
        await stop.CancelAsync();
        await writing;
    }

    [Fact]
    public void A_counter_with_a_name_counts_for_many_rules_and_outlives_them()
    {
        NftTableSpec Counting(params string[] chains) => new(Table)
        {
            Counters = ["NetworkPolicy/default/a.b-c/ingress", "other"],
            Chains = [.. chains.Select(c => new NftChain(Table, c) { Hook = NftHook.Output })],
            Rules = [.. chains.Select(c => new NftRule(Table, c).Is(NftField.UdpDestinationPort, NftValue.Port(4711)).CountIn("NetworkPolicy/default/a.b-c/ingress").CountIn("other"))],
        };
        Counting("one", "two").EnsureIn(socket);
        Assert.Equal(0, Counting("one", "two").EnsureIn(socket));
        Assert.Contains("counter name \"NetworkPolicy/default/a.b-c/ingress\" counter name \"other\"", Nft.List(here, Table));
        here.Handle.Run(() =>
        {
            using var udp = new System.Net.Sockets.UdpClient();
            udp.Send(new byte[10], new IPEndPoint(IPAddress.Loopback, 4711));
        });
        Assert.All(socket.ListCounters(Table), c => Assert.Equal((2UL, 76UL), (c.Packets, c.Bytes)));
        // Another skeleton: a new table with the old numbers.
        Counting("one").EnsureIn(socket);
        Assert.All(socket.ListCounters(Table), c => Assert.Equal(2UL, c.Packets));
        Assert.Contains("delete counter other", Assert.Throws<NftException>(() => socket.Batch().DeleteCounter(Table, "other").Send()).Message);
        socket.Batch().FlushChain(Table, "one").DeleteCounter(Table, "other").Send();
        Assert.Single(socket.ListCounters(Table));
    }

    [Fact]
    public void A_map_of_links_and_addresses_and_one_of_ranges_of_ports_lead_to_chains()
    {
        NftSet pods = new(Table, "pods", [NftType.InterfaceName, NftType.Ip4Address]) { ToVerdicts = true }, ports = new(Table, "ports", [NftType.Protocol, NftType.Port]) { ToVerdicts = true, Interval = true };
        var spec = new NftTableSpec(Table)
        {
            Sets = [pods, ports],
            Elements = ImmutableDictionary<string, ImmutableArray<NftElement>>.Empty
                .Add("pods", [NftElement.Of(NftValue.InterfaceName("vtrabc"), IPAddress.Parse("10.1.0.7")) with { Verdict = NftVerdict.Goto("pod"), Comment = "default/web" }])
                .Add("ports", [NftElement.Of(NftValue.Protocol(6), NftValue.Port(80)) with { Last = NftKey.Of(NftValue.Protocol(6), NftValue.Port(90)), Verdict = NftVerdict.Goto("ladder") }]),
            Chains = [new NftChain(Table, "forward") { Hook = NftHook.Forward, Priority = 10 }, new NftChain(Table, "pod"), new NftChain(Table, "ladder")],
            Rules =
            [
                new NftRule(Table, "forward").CtReply().Return(),
                new NftRule(Table, "forward").VerdictFrom("pods", NftField.InInterface, NftField.Ip4Source),
                new NftRule(Table, "pod").VerdictFrom("ports", NftField.L4Protocol, NftField.DestinationPort),
                new NftRule(Table, "ladder").Is(NftField.SocketGroup, NftValue.Id(60718)).Drop(),
            ],
        };
        spec.EnsureIn(socket);
        Assert.Equal(0, spec.EnsureIn(socket));
        var listing = Nft.List(here, Table);
        Assert.All(spec.Rules, r => Assert.Contains(r.Text, listing));
        Assert.Contains("\"vtrabc\" . 10.1.0.7 comment \"default/web\" : goto pod", listing);
        Assert.Contains("tcp . 80-90 : goto ladder", listing);
    }

    [Fact]
    public void A_long_comment_is_cut_at_a_character()
    {
        var rule = new NftRule(Table, "c").Accept() with { Comment = string.Concat(Enumerable.Repeat("é", 200)) };
        var whole = new NftTableSpec(Table) { Chains = [new NftChain(Table, "c")], Rules = [rule] };
        whole.EnsureIn(socket);
        Assert.Equal(0, whole.EnsureIn(socket));
        Assert.Equal(126, Assert.Single(socket.ListRules(Table)).Comment!.Length);
    }

    [Fact]
    public void A_traced_packet_tells_its_way()
    {
        using var traces = NftTraceReader.OpenIn(here.Handle);
        new NftTableSpec(Table)
        {
            Chains = [new NftChain(Table, "out") { Hook = NftHook.Output }, new NftChain(Table, "deep")],
            Rules =
            [
                new NftRule(Table, "out").Is(NftField.UdpDestinationPort, NftValue.Port(4711)).Trace(),
                new NftRule(Table, "out").Jump("deep"),
                new NftRule(Table, "deep").Is(NftField.Ip4Destination, IPAddress.Loopback).Count().Drop(),
            ],
        }.EnsureIn(socket);

        here.Handle.Run(() =>
        {
            using var udp = new System.Net.Sockets.UdpClient();
            // What the output hook drops, sendto(2) reports.
            Assert.Throws<System.Net.Sockets.SocketException>(() => udp.Send([1], new IPEndPoint(IPAddress.Loopback, 4711)));
        });
        var steps = traces.Read();
        Assert.Equal(["out continue", "out jump deep", "deep drop"], steps.Select(s => $"{s.Chain} {s.Verdict}"));
        Assert.Equal(IPAddress.Loopback, steps[0].Destination);
        var dropped = socket.ListRules(Table).Single(r => r.Handle == steps[^1].RuleHandle);
        Assert.Equal(("deep", 1UL), (dropped.Chain, dropped.Packets));
    }

    private static NftTableSpec Whole() => new(Table)
    {
        Comment = "of a test",
        Sets = [Ranges, Ports, Six, Pairs, Seen],
        Elements = ImmutableDictionary<string, ImmutableArray<NftElement>>.Empty
            .Add("ranges", [
                NftElement.Of(IPNetwork.Parse("10.1.0.0/24")) with { Comment = "node/a" },
                NftElement.Of(IPNetwork.Parse("10.1.1.0/24")) with { Comment = "node/b" },
                NftElement.Of(IPAddress.Parse("10.2.0.5")) with { Last = NftKey.Of(IPAddress.Parse("10.2.0.9")) }])
            .Add("ports", [NftElement.Of(NftValue.Protocol(6), NftValue.Port(8080)).To(IPAddress.Parse("10.1.0.7"), NftValue.Port(80)) with { Comment = "pod/default/web" }])
            .Add("six", [NftElement.Of(IPAddress.Parse("fd00::5")) with { Verdict = NftVerdict.Jump("other") }])
            .Add("pairs", [NftElement.Of(IPAddress.Parse("10.1.0.0"), NftValue.Port(80)) with { Last = NftKey.Of(IPAddress.Parse("10.1.0.255"), NftValue.Port(90)) }]),
        Chains =
        [
            new NftChain(Table, "forward") { Hook = NftHook.Forward },
            new NftChain(Table, "prerouting") { Hook = NftHook.Prerouting, Type = "nat", Priority = NftPriority.DestinationNat },
            new NftChain(Table, "postrouting") { Hook = NftHook.Postrouting, Type = "nat", Priority = NftPriority.SourceNat },
            new NftChain(Table, "other") { Comment = "of jumps" },
        ],
        Rules =
        [
            new NftRule(Table, "forward").CtStateIn(NftCtState.Established | NftCtState.Related).Accept(),
            new NftRule(Table, "forward").CtStatusDnat().Accept(),
            new NftRule(Table, "forward").In("ranges", NftField.Ip4Destination).NotIn("ranges", NftField.Ip4Source).Drop() with { Comment = "guard of node/a" },
            new NftRule(Table, "forward").In(NftField.Ip6Source, IPNetwork.Parse("fd00:1::/64")).Is(NftField.TcpDestinationPort, NftValue.Port(443)).Jump("other"),
            new NftRule(Table, "forward").VerdictFrom("six", NftField.Ip6Destination),
            new NftRule(Table, "forward").In("pairs", NftField.Ip4Destination, NftField.TcpDestinationPort).Accept(),
            new NftRule(Table, "forward").Is(NftField.InInterface, NftValue.InterfaceName("eth0"), not: true).Return(),
            new NftRule(Table, "prerouting").Of(NftFamily.Ip).ToThisHost().DestinationNatFrom("ports", NftFamily.Ip, port: true, NftField.L4Protocol, NftField.DestinationPort),
            new NftRule(Table, "prerouting").Is(NftField.UdpDestinationPort, NftValue.Port(53)).DestinationNat(IPAddress.Parse("10.0.0.53"), 5353),
            new NftRule(Table, "postrouting").MarkHas(0x4000).Masquerade(),
            new NftRule(Table, "other").SetMark(0x4000),
            new NftRule(Table, "other").Limit(10).RejectPort(),
            new NftRule(Table, "other").Remember("seen", TimeSpan.FromSeconds(30), NftField.Ip4Source),
        ],
    };
}
