using System.Buffers.Binary;
using System.Net;
using Vitrine.Linux.Netlink;

namespace Vitrine.Linux.Neighbours;

/// <summary>Neighbour solicitations and advertisements (RFC 4861 §4.3 and §4.4), with Ethernet and IPv6 headers.</summary>
internal static class NeighbourPacket
{
    private const int EthernetLength = 14, IPv6Length = 40, MessageLength = 24, OptionLength = 8;
    private const byte IcmpV6 = 58, Solicitation = 135, Advertisement = 136, TargetLinkLayerAddress = 2, Solicited = 0x40, Override = 0x20, HopLimit = 255;
    private static readonly IPAddress AllNodes = IPAddress.Parse("ff02::1");

    /// <summary>The address that is asked for, and who asks; null for any other frame. The asker is :: when it checks whether its own address is taken.</summary>
    internal static (IPAddress Target, IPAddress Sender, MacAddress SenderMac)? ReadSolicitation(ReadOnlySpan<byte> frame)
    {
        // From beyond a router it would have a lower hop limit (RFC 4861 §7.1.1).
        if (frame.Length < EthernetLength + IPv6Length + MessageLength || BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != 0x86dd
            || frame[20] != IcmpV6 || frame[21] != HopLimit || frame[54] != Solicitation || frame[55] != 0)
            return null;
        return (new IPAddress(frame.Slice(62, 16)), new IPAddress(frame.Slice(22, 16)), MacAddress.Read(frame.Slice(6, 6)));
    }

    internal static byte[] Answer(IPAddress address, MacAddress mac, IPAddress asker, MacAddress askerMac) => asker.Equals(IPAddress.IPv6Any)
        ? Announcement(address, mac)
        : Frame(address, mac, asker, askerMac, Solicited | Override);

    /// <summary>Told to all without being asked (RFC 4861 §7.2.6).</summary>
    internal static byte[] Announcement(IPAddress address, MacAddress mac) => Frame(address, mac, AllNodes, Multicast(AllNodes), Override);

    /// <summary>The group in which solicitations for an address come (RFC 4291 §2.7.1), as Ethernet has it (RFC 2464 §7).</summary>
    internal static MacAddress SolicitedNode(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return MacAddress.Read([0x33, 0x33, 0xff, bytes[13], bytes[14], bytes[15]]);
    }

    private static MacAddress Multicast(IPAddress group)
    {
        Span<byte> bytes = stackalloc byte[16];
        group.TryWriteBytes(bytes, out _);
        return MacAddress.Read([0x33, 0x33, bytes[12], bytes[13], bytes[14], bytes[15]]);
    }

    private static byte[] Frame(IPAddress address, MacAddress mac, IPAddress to, MacAddress toMac, byte flags)
    {
        var frame = new byte[EthernetLength + IPv6Length + MessageLength + OptionLength];
        toMac.Write(frame);
        mac.Write(frame.AsSpan(6));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), 0x86dd);
        frame[14] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(18), MessageLength + OptionLength);
        frame[20] = IcmpV6;
        frame[21] = HopLimit;
        address.TryWriteBytes(frame.AsSpan(22), out _);
        to.TryWriteBytes(frame.AsSpan(38), out _);
        frame[54] = Advertisement;
        frame[58] = flags;
        address.TryWriteBytes(frame.AsSpan(62), out _);
        frame[78] = TargetLinkLayerAddress;
        frame[79] = 1;
        mac.Write(frame.AsSpan(80));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(56), Checksum(frame));
        return frame;
    }

    /// <summary>Over addresses, length, protocol and message (RFC 8200 §8.1).</summary>
    private static ushort Checksum(byte[] frame)
    {
        var sum = (uint)(MessageLength + OptionLength + IcmpV6);
        for (var i = 22; i < frame.Length; i += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(i));
        while (sum > 0xffff)
            sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}
