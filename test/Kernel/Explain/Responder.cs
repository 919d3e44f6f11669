using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netns;

namespace Vitrine.Kernel.Explain;

/// <summary>Listens as told, takes connections, answers a datagram with one byte: an answer that fits everywhere.</summary>
internal sealed class Responder : IDisposable
{
    // linux/in.h, linux/in6.h
    private const int SolIp = 0, IpPacketInfo = 8, SolIpv6 = 41, Ipv6PacketInfo = 50;
    private readonly Socket socket;
    private readonly Task running;

    public Responder(NetnsHandle netns, bool udp, IPEndPoint at, bool onlyV6)
    {
        socket = netns.Run(() =>
        {
            var made = new Socket(at.AddressFamily, udp ? SocketType.Dgram : SocketType.Stream, udp ? ProtocolType.Udp : ProtocolType.Tcp);
            if (at.AddressFamily == AddressFamily.InterNetworkV6)
                made.DualMode = !onlyV6;
            if (udp)
                made.SetSocketOption(at.AddressFamily == AddressFamily.InterNetwork ? SocketOptionLevel.IP : SocketOptionLevel.IPv6, SocketOptionName.PacketInformation, true);
            made.Bind(at);
            if (!udp)
                made.Listen(512);
            return made;
        });
        running = udp ? AnswerAsync(at.AddressFamily) : AcceptAsync();
    }

    public void Dispose()
    {
        socket.Dispose();
        running.Wait(TimeSpan.FromSeconds(5));
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                (await socket.AcceptAsync()).Dispose();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task AnswerAsync(AddressFamily family)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                var got = await socket.ReceiveMessageFromAsync(buffer, new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0));
                Answer((IPEndPoint)got.RemoteEndPoint, got.PacketInformation.Address);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    /// <summary>From the very address that was asked (IP_PKTINFO, IPV6_PKTINFO: ip(7), ipv6(7)). A second socket, bound to it for this answer, would for a moment take others' questions.</summary>
    private unsafe void Answer(IPEndPoint whom, IPAddress asked)
    {
        var name = whom.Serialize();
        var (address, v6) = (asked.GetAddressBytes(), whom.AddressFamily == AddressFamily.InterNetworkV6);
        Span<byte> control = stackalloc byte[40];
        control.Clear();
        // struct cmsghdr: its length, level and type; then in6_pktinfo (address, interface) or in_pktinfo (interface, source address, header's address).
        var length = 16 + (v6 ? 20 : 12);
        MemoryMarshal.Write(control, (ulong)length);
        MemoryMarshal.Write(control[8..], v6 ? SolIpv6 : SolIp);
        MemoryMarshal.Write(control[12..], v6 ? Ipv6PacketInfo : IpPacketInfo);
        address.CopyTo(control[(v6 ? 16 : 20)..]);
        byte answer = 1;
        fixed (byte* to = name.Buffer.Span, attached = control)
        {
            var vector = new IoVector { Base = &answer, Length = 1 };
            var message = new SocketMessage { Name = to, NameLength = (uint)name.Size, Vectors = &vector, VectorCount = 1, Control = attached, ControlLength = (nuint)length };
            // One that cannot be sent is the test's wish: its way is broken.
            _ = LibC.Sendmmsg((int)socket.Handle, &message, 1, 0);
        }
    }
}
