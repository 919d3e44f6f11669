using System.Net;
using System.Net.Sockets;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;

namespace Vitrine.Kernel.Cni;

/// <summary>Ethernet frames written byte by byte and sent past the kernel's own rules, as a pod with NET_RAW can; and a tap to see what arrives.</summary>
internal static class Frame
{
    internal static readonly MacAddress Everybody = new(0xffff_ffff_ffff);

    internal static byte[] Ethernet(MacAddress to, MacAddress from, ushort type, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[Math.Max(60, 14 + payload.Length)];
        to.Write(frame);
        from.Write(frame.AsSpan(6));
        (frame[12], frame[13]) = ((byte)(type >> 8), (byte)type);
        payload.CopyTo(frame.AsSpan(14));
        return frame;
    }

    /// <summary>An ARP reply that nobody asked for: <paramref name="address"/> is at <paramref name="mac"/>.</summary>
    internal static byte[] Arp(MacAddress from, MacAddress mac, IPAddress address)
    {
        byte[] arp = [0, 1, 8, 0, 6, 4, 0, 2, .. new byte[20]];
        mac.Write(arp.AsSpan(8));
        address.TryWriteBytes(arp.AsSpan(14), out _);
        Everybody.Write(arp.AsSpan(18));
        address.TryWriteBytes(arp.AsSpan(24), out _);
        return Ethernet(Everybody, from, 0x0806, arp);
    }

    internal static byte[] Udp(MacAddress to, MacAddress from, IPAddress source, IPAddress destination, int port, ReadOnlySpan<byte> text)
    {
        byte[] udp = [0x30, 0x39, (byte)(port >> 8), (byte)port, 0, (byte)(8 + text.Length), 0, 0, .. text];
        return Ip(to, from, source, destination, 17, udp, checksumAt: 6);
    }

    internal static byte[] Icmp6(MacAddress to, MacAddress from, IPAddress source, IPAddress destination, ReadOnlySpan<byte> message) =>
        Ip(to, from, source, destination, 58, message, checksumAt: 2, hops: 255);

    internal static byte[] Ip(MacAddress to, MacAddress from, IPAddress source, IPAddress destination, byte protocol, ReadOnlySpan<byte> payload, int checksumAt, byte hops = 64)
    {
        byte[] body = [.. payload];
        byte[] pseudo = [.. source.GetAddressBytes(), .. destination.GetAddressBytes(), 0, 0, (byte)(body.Length >> 8), (byte)body.Length, 0, 0, 0, protocol, .. body];
        var sum = Checksum(pseudo);
        (body[checksumAt], body[checksumAt + 1]) = ((byte)(sum >> 8), (byte)sum);
        if (source.AddressFamily == AddressFamily.InterNetworkV6)
            return Ethernet(to, from, 0x86dd, [0x60, 0, 0, 0, 0, (byte)body.Length, protocol, hops, .. source.GetAddressBytes(), .. destination.GetAddressBytes(), .. body]);
        byte[] header = [0x45, 0, 0, (byte)(20 + body.Length), 0, 1, 0, 0, hops, protocol, 0, 0, .. source.GetAddressBytes(), .. destination.GetAddressBytes()];
        sum = Checksum(header);
        (header[10], header[11]) = ((byte)(sum >> 8), (byte)sum);
        return Ethernet(to, from, 0x0800, [.. header, .. body]);
    }

    internal static void Send(ThrowAwayNetns from, string link, byte[] frame)
    {
        using var socket = Packets(from);
        socket.SendTo(frame, new PacketEndPoint(from.Socket.GetLink(link).Index));
    }

    /// <summary>A socket that sees every frame of the namespace.</summary>
    internal static Socket Packets(ThrowAwayNetns netns) => netns.Handle.Run(() =>
        new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)0x0300) { ReceiveTimeout = 500 });

    private static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (var i = 0; i < bytes.Length; i += 2)
            sum += (uint)(bytes[i] << 8 | (i + 1 < bytes.Length ? bytes[i + 1] : 0));
        while (sum > 0xffff)
            sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }

    /// <summary>struct sockaddr_ll.</summary>
    private sealed class PacketEndPoint(int linkIndex) : EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            var address = new SocketAddress(AddressFamily.Packet, 20);
            for (var i = 0; i < 4; i++)
                address[4 + i] = (byte)(linkIndex >> 8 * i);
            return address;
        }
    }
}
