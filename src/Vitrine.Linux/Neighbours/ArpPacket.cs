using System.Net;
using Vitrine.Linux.Netlink;

namespace Vitrine.Linux.Neighbours;

/// <summary>ARP for IPv4 over Ethernet (RFC 826), with its Ethernet header.</summary>
internal static class ArpPacket
{
    internal const int Length = 42;
    private const ushort Request = 1, Reply = 2;

    /// <summary>The address a request asks for, and who asks; null for any other frame.</summary>
    internal static (IPAddress Target, IPAddress Sender, MacAddress SenderMac)? ReadRequest(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < Length || !frame.Slice(12, 10).SequenceEqual((ReadOnlySpan<byte>)[8, 6, 0, 1, 8, 0, 6, 4, 0, (byte)Request]))
            return null;
        return (new IPAddress(frame.Slice(38, 4)), new IPAddress(frame.Slice(28, 4)), MacAddress.Read(frame.Slice(22, 6)));
    }

    /// <summary>"<paramref name="address"/> is at <paramref name="mac"/>", to one who asked.</summary>
    internal static byte[] Answer(IPAddress address, MacAddress mac, IPAddress asker, MacAddress askerMac) => Frame(Reply, address, mac, asker, askerMac, askerMac);

    /// <summary>Told to all without being asked (RFC 5227 §3): some hosts heed the one form, some the other.</summary>
    internal static byte[][] Announcements(IPAddress address, MacAddress mac) =>
        [Frame(Request, address, mac, address, default, MacAddress.Broadcast), Frame(Reply, address, mac, address, MacAddress.Broadcast, MacAddress.Broadcast)];

    private static byte[] Frame(ushort operation, IPAddress sender, MacAddress senderMac, IPAddress target, MacAddress targetMac, MacAddress to)
    {
        var frame = new byte[Length];
        to.Write(frame);
        senderMac.Write(frame.AsSpan(6));
        ((ReadOnlySpan<byte>)[8, 6, 0, 1, 8, 0, 6, 4, 0, (byte)operation]).CopyTo(frame.AsSpan(12));
        senderMac.Write(frame.AsSpan(22));
        sender.TryWriteBytes(frame.AsSpan(28), out _);
        targetMac.Write(frame.AsSpan(32));
        target.TryWriteBytes(frame.AsSpan(38), out _);
        return frame;
    }
}
