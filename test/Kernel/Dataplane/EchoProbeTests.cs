using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Vitrine.Dataplane.Probes;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Xunit;

namespace Vitrine.Kernel.Dataplane;

/// <summary>An echo hears of its own errors, not of those of others to the same peer.</summary>
public sealed class EchoProbeTests : IDisposable
{
    private readonly ThrowAwayNetns here = new(), there = new();

    public EchoProbeTests()
    {
        here.Socket.CreateVeth(new VethSpec("eth0", "eth0") { PeerNetns = there.Handle });
        foreach (var (netns, last) in new[] { (here, 1), (there, 2) })
        {
            // Addresses that are there at once.
            netns.Handle.Run(() => NetSysctl.Write("ipv6/conf/eth0/accept_dad", "0"));
            netns.Socket.SetUp("eth0");
            netns.Socket.AddAddress(netns.Socket.GetLink("eth0").Index, IPAddress.Parse($"10.99.0.{last}"), 24);
            netns.Socket.AddAddress(netns.Socket.GetLink("eth0").Index, IPAddress.Parse($"fd99::{last}"), 64);
        }
        // Nobody answers but the test.
        there.Handle.Run(() =>
        {
            NetSysctl.Write("ipv4/icmp_echo_ignore_all", "1");
            NetSysctl.Write("ipv6/icmp/echo_ignore_all", "1");
        });
    }

    public void Dispose()
    {
        here.Dispose();
        there.Dispose();
    }

    [Theory]
    [InlineData("10.99.0.1", "10.99.0.2")]
    [InlineData("fd99::1", "fd99::2")]
    public async Task An_error_counts_for_the_echo_it_quotes_and_for_no_other(string from, string to)
    {
        var (source, target) = (IPAddress.Parse(from), IPAddress.Parse(to));
        var v6 = target.AddressFamily == AddressFamily.InterNetworkV6;
        using var peer = there.Handle.Run(() => new Socket(target.AddressFamily, SocketType.Raw, v6 ? ProtocolType.IcmpV6 : ProtocolType.Icmp));
        await peer.ConnectAsync(new IPEndPoint(source, 0), TestContext.Current.CancellationToken);
        foreach (var (meant, answer) in new[] { (Meant.AnotherEcho, ProbeAnswer.Silent), (Meant.AnAnswer, ProbeAnswer.Silent), (Meant.ThisEcho, ProbeAnswer.Unreachable) })
        {
            var probe = EchoProbe.SendAsync(here.Handle, target, null, 100, TimeSpan.FromMilliseconds(700), TimeProvider.System);
            var id = await HeardAsync(peer, v6);
            peer.Send(Unreachable(v6, source, target, EchoProbe.Request(v6, meant == Meant.AnotherEcho ? (ushort)(id + 1) : id, 0), meant == Meant.AnAnswer));
            var outcome = await probe;
            Assert.True(answer == outcome.Answer, $"{meant}: {outcome}");
        }
    }

    private enum Meant
    {
        AnotherEcho,
        AnAnswer,
        ThisEcho,
    }

    /// <summary>The identifier of the echo that arrives.</summary>
    private static async Task<ushort> HeardAsync(Socket peer, bool v6)
    {
        var buffer = new byte[2048];
        while (true)
        {
            var length = await peer.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
            var message = buffer.AsMemory(v6 ? 0 : 20, length - (v6 ? 0 : 20));
            if (message.Span[0] == (v6 ? 128 : 8))
                return BinaryPrimitives.ReadUInt16BigEndian(message.Span[4..]);
        }
    }

    /// <summary>"No route", about an ICMP message from one to the other (RFC 792, RFC 4443).</summary>
    private static byte[] Unreachable(bool v6, IPAddress source, IPAddress target, byte[] quoted, bool answer)
    {
        if (answer)
            quoted[0] = (byte)(v6 ? 129 : 0);
        var header = new byte[v6 ? 40 : 20];
        if (v6)
        {
            (header[0], header[5], header[6], header[7]) = (0x60, (byte)quoted.Length, 58, 64);
            source.GetAddressBytes().CopyTo(header, 8);
            target.GetAddressBytes().CopyTo(header, 24);
        }
        else
        {
            (header[0], header[3], header[8], header[9]) = (0x45, (byte)(20 + quoted.Length), 64, 1);
            source.GetAddressBytes().CopyTo(header, 12);
            target.GetAddressBytes().CopyTo(header, 16);
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), EchoProbe.Checksum(header));
        }
        byte[] message = [v6 ? (byte)1 : (byte)3, 0, 0, 0, 0, 0, 0, 0, .. header, .. quoted];
        if (!v6)
            BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), EchoProbe.Checksum(message));
        return message;
    }
}
