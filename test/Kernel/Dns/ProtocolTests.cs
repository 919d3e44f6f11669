using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Vitrine.Dns.Wire;
using Vitrine.Model.Snapshot;
using Xunit;
using static Vitrine.Kernel.Dns.DnsLab;

namespace Vitrine.Kernel.Dns;

/// <summary>What clients may send, over real sockets: each hostile packet is refused or ignored, and the next honest question is answered.</summary>
public sealed class ProtocolTests : IDisposable
{
    private readonly DnsLab lab = new DnsLab().Add(ServiceOf("web") with { ClusterIPs = [IPAddress.Parse("10.96.0.80")] });
    private readonly Socket client;

    public ProtocolTests()
    {
        client = Open(SocketType.Dgram);
        client.ReceiveTimeout = 2000;
    }

    private static byte[] Question => [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. WireName.Parse("web.default.svc.cluster.local")!, 0, 1, 0, 1];

    private static byte[] Opt(int payload = 1232, byte version = 0, params byte[] options) =>
        [0, 0, 41, (byte)(payload >> 8), (byte)payload, 0, version, 0, 0, (byte)(options.Length >> 8), (byte)options.Length, .. options];

    [Fact]
    public void Not_exactly_one_question_is_a_format_error()
    {
        Assert.Equal(1, Rcode(Ask(With(Question, 5, 0))));
        Assert.Equal(1, Rcode(Ask(With([.. Question, .. Question[12..]], 5, 2))));
        Assert.Equal(1, Rcode(Ask(With(Question, 7, 1))));
        Assert.Equal(1, Rcode(Ask(With(Question, 11, 1))));
    }

    [Fact]
    public void Answers_are_never_answered()
    {
        Silent(With(Question, 2, 0x81));
        Silent([.. Enumerable.Repeat((byte)0xff, 40)]);
        Silent(Question[..11]);
        Silent([]);
    }

    [Fact]
    public void Other_opcodes_are_not_implemented()
    {
        foreach (var opcode in new[] { 1, 2, 4, 5, 15 })
            Assert.Equal(4, Rcode(Ask(With(Question, 2, (byte)(opcode << 3)))));
    }

    [Fact]
    public void Other_classes_and_transfers_are_refused()
    {
        Assert.Equal(5, Rcode(Ask(With(Question, Question.Length - 1, 3))));
        Assert.Equal("REFUSED", lab.Status("version.bind CH TXT"));
        Assert.Equal(5, Rcode(Ask(With(Question, Question.Length - 3, 252))));
    }

    [Theory]
    [InlineData(new byte[] { 0xc0, 12, 0, 1, 0, 1 })]
    [InlineData(new byte[] { 1, (byte)'a', 0xc0, 12, 0, 1, 0, 1 })]
    [InlineData(new byte[] { 0xc0, 0, 0, 1, 0, 1 })]
    [InlineData(new byte[] { 64, 0, 0, 1, 0, 1 })]
    [InlineData(new byte[] { 5, (byte)'a', (byte)'b' })]
    [InlineData(new byte[] { 0xff })]
    public void Names_that_point_or_end_nowhere_are_format_errors(byte[] question) =>
        Assert.Equal(1, Rcode(Ask([1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. question])));

    [Fact]
    public void A_name_has_at_most_255_bytes()
    {
        byte[] Named(int lastLabel) => [1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. Enumerable.Range(0, 3).SelectMany(_ => new byte[] { 63 }.Concat(Enumerable.Repeat((byte)'a', 63))), (byte)lastLabel, .. Enumerable.Repeat((byte)'b', lastLabel), 0, 0, 1, 0, 1];
        Assert.Equal(5, Rcode(Ask(Named(61))));
        Assert.Equal(1, Rcode(Ask(Named(62))));
    }

    [Fact]
    public void Edns_is_answered_with_edns_and_only_once_and_only_version_0()
    {
        byte[] WithOpt(params byte[] opts) => With([.. Question, .. opts], 11, (byte)opts.Count(b => b == 41));
        var plain = Ask(Question);
        var edns = Ask(WithOpt(Opt()));
        Assert.Equal(0, plain[11]);
        Assert.Equal(1, edns[11]);
        Assert.Equal(plain.Length + 11, edns.Length);
        Assert.Equal([0, 0, 41, 1232 >> 8, 1232 & 255], edns[^11..^6]);
        Assert.Equal(1, Rcode(Ask(WithOpt([.. Opt(), .. Opt()]))));
        var version = Ask(WithOpt(Opt(version: 1)));
        Assert.Equal((0, 1), (Rcode(version), (int)version[^6]));
        Assert.Equal(1, Rcode(Ask(WithOpt(Opt(options: [0, 10, 0, 9, 1])))));
        Assert.Equal(0, Rcode(Ask(WithOpt(Opt(options: [0, 10, 0, 1, 1])))));
    }

    [Fact]
    public void Any_is_answered_with_less_than_it_takes_to_ask_for_all()
    {
        var many = ServiceOf("many") with { Headless = true };
        lab.Add(many, SliceOf(many, "m", [.. Enumerable.Range(1, 200).Select(i => EndpointOf($"10.244.2.{i}"))]));
        var any = lab.Dig("many.default.svc.cluster.local ANY +notcp +ignore");
        Assert.Matches("HINFO\\s+\"RFC8482\" \"\"", any);
        Assert.DoesNotContain("10.244.2.", any);
        Assert.Equal("NXDOMAIN", lab.Status("missing.default.svc.cluster.local ANY +notcp"));
    }

    [Fact]
    public void A_large_answer_is_cut_to_what_the_client_takes_and_whole_by_TCP()
    {
        var many = ServiceOf("many") with { Headless = true };
        lab.Add(many, SliceOf(many, "m", [.. Enumerable.Range(1, 200).Select(i => EndpointOf($"10.244.2.{i}"))]));
        foreach (var (options, limit) in new[] { ("+noedns", 512), ("+bufsize=600", 600), ("+bufsize=4096", 1232) })
        {
            var cut = lab.Dig($"+ignore +notcp {options} many.default.svc.cluster.local A");
            Assert.Contains("flags: qr aa tc", cut);
            var size = int.Parse(cut[(cut.IndexOf("MSG SIZE  rcvd: ", StringComparison.Ordinal) + 16)..]);
            Assert.InRange(size, limit - 16, limit);
        }
        Assert.Equal(200, lab.Short("many.default.svc.cluster.local A").Length);
    }

    [Fact]
    public void A_headless_Service_of_5000_endpoints_is_answered_by_TCP_all_of_them_in_turn()
    {
        var huge = ServiceOf("huge") with { Headless = true, Ports = [new ServicePort("web", "TCP", 80, "80", 0)] };
        var slices = Enumerable.Range(0, 50).Select(s => SliceOf(huge, $"s{s}", [.. Enumerable.Range(0, 100).Select(i => EndpointOf($"10.{200 + s / 25}.{s % 25}.{i + 1}"))])).ToArray();
        lab.Add(huge, slices);
        var seen = new HashSet<string>();
        for (var i = 0; i < 4; i++)
        {
            // What one message holds: (65 535 − header 12 − question 36 − OPT 11) / 16.
            var answer = lab.Short("+tcp huge.default.svc.cluster.local A");
            Assert.Equal(4092, answer.Length);
            seen.UnionWith(answer);
        }
        Assert.True(seen.Count > 4500, $"{seen.Count}");
        Assert.Equal(["10.200.7.42"], lab.Short("10-200-7-42.huge.default.svc.cluster.local A"));
        Assert.Equal(["10-200-7-42.huge.default.svc.cluster.local."], lab.Short("-x 10.200.7.42"));
        Assert.Contains("tc", lab.Dig("+ignore +notcp huge.default.svc.cluster.local A").Split("flags:")[1].Split(';')[0]);
        Assert.NotEmpty(lab.Short("+tcp _web._tcp.huge.default.svc.cluster.local SRV"));
    }

    [Fact]
    public void Several_questions_at_once_on_one_connection_are_all_answered()
    {
        using var stream = Open(SocketType.Stream);
        var framed = Framed(Question);
        stream.Send([.. Enumerable.Repeat(framed, 50).SelectMany(f => f)]);
        for (var i = 0; i < 50; i++)
            Assert.Equal(1, ReadFramed(stream)[7]);
    }

    [Fact]
    public void Slow_and_half_open_connections_keep_nobody_waiting_and_are_ended()
    {
        var idle = Enumerable.Range(0, 100).Select(_ => Open(SocketType.Stream)).ToList();
        using var slow = Open(SocketType.Stream);
        slow.Send([0]);
        using var honest = Open(SocketType.Stream);
        honest.Send(Framed(Question));
        Assert.Equal(1, ReadFramed(honest)[7]);
        // One client has 64 connections at most: the oldest silent ones made room.
        Thread.Sleep(200);
        Assert.InRange(idle.Count(s => s.Poll(0, SelectMode.SelectRead)), 36, 60);
        var began = Stopwatch.GetTimestamp();
        slow.ReceiveTimeout = 15000;
        Assert.Equal(0, slow.Receive(new byte[1]));
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 14);
        idle.ForEach(s => s.Dispose());
    }

    [Fact]
    public void No_connection_is_tracked_and_the_table_comes_back()
    {
        Nft.Run(lab.Netns, "add table inet other; add chain inet other in { type filter hook input priority 0; }; add rule inet other in udp dport 53 ct state untracked counter; add rule inet other in udp dport 53 ct state new counter");
        lab.Short("web.default.svc.cluster.local A");
        lab.Short("+tcp web.default.svc.cluster.local A");
        Assert.Matches("untracked counter packets 1 ", Nft.Run(lab.Netns, "list table inet other"));
        Assert.Matches("ct state new counter packets 0 ", Nft.Run(lab.Netns, "list table inet other"));
        Nft.Run(lab.Netns, "flush ruleset");
        Nft.Shell(lab.Netns, $"ip addr del {V4}/32 dev lo");
        var deadline = Stopwatch.StartNew();
        while (!Nft.Run(lab.Netns, "list ruleset").Contains("table inet vitrine-dns {", StringComparison.Ordinal) && deadline.Elapsed < TimeSpan.FromSeconds(5))
            Thread.Sleep(20);
        Assert.Contains("notrack", Nft.Run(lab.Netns, "list table inet vitrine-dns"));
        Assert.Equal(["10.96.0.80"], lab.Short("web.default.svc.cluster.local A"));
    }

    [Fact]
    public void A_flood_of_noise_stops_nothing()
    {
        var random = new Random(7);
        for (var i = 0; i < 20000; i++)
        {
            var packet = Question.Concat(Opt()).ToArray();
            packet[11] = 1;
            for (var k = random.Next(1, 6); k > 0; k--)
                packet[random.Next(2, packet.Length)] = (byte)random.Next(256);
            client.Send(packet, random.Next(12, packet.Length), SocketFlags.None);
        }
        Assert.False(lab.Running.IsCompleted);
        Assert.Equal(["10.96.0.80"], lab.Short("web.default.svc.cluster.local A"));
    }

    public void Dispose()
    {
        client.Dispose();
        lab.Dispose();
    }

    private static byte[] With(byte[] packet, int at, byte value)
    {
        packet[at] = value;
        return packet;
    }

    private static int Rcode(byte[] answer) => answer[3] & 15;

    private static byte[] Framed(byte[] message) => [(byte)(message.Length >> 8), (byte)message.Length, .. message];

    private static byte[] ReadFramed(Socket stream)
    {
        byte[] Fill(int length)
        {
            var bytes = new byte[length];
            for (var filled = 0; filled < length;)
                filled += stream.Receive(bytes.AsSpan(filled)) is > 0 and var count ? count : throw new EndOfStreamException();
            return bytes;
        }
        stream.ReceiveTimeout = 5000;
        var prefix = Fill(2);
        return Fill(prefix[0] << 8 | prefix[1]);
    }

    private Socket Open(SocketType type)
    {
        var socket = lab.Netns.Handle.Run(() => new Socket(AddressFamily.InterNetwork, type, type == SocketType.Dgram ? ProtocolType.Udp : ProtocolType.Tcp));
        socket.Connect(V4, 53);
        return socket;
    }

    private byte[] Ask(byte[] packet)
    {
        client.Send(packet);
        var answer = new byte[65535];
        var length = client.Receive(answer);
        Assert.Equal(packet[..2], answer[..2]);
        Assert.True((answer[2] & 0x80) != 0);
        return answer[..length];
    }

    private void Silent(byte[] packet)
    {
        client.Send(packet);
        // The next honest answer is the first thing that comes back.
        Assert.Equal(1, Ask(Question)[7]);
        Assert.Equal(0, client.Available);
    }
}
