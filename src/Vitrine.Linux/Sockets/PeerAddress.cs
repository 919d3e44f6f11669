using System.Buffers.Binary;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vitrine.Linux.Netlink;

namespace Vitrine.Linux.Sockets;

/// <summary>From where a datagram came, as the kernel gave it: struct sockaddr_in or sockaddr_in6.</summary>
public readonly struct PeerAddress
{
    /// <summary>Room for the longer of the two.</summary>
    internal const int Size = 28;

    private readonly Raw raw;

    /// <summary>Family, port in network order, and the rest; IPv4 addresses are at 4, IPv6 at 8.</summary>
    internal PeerAddress(ReadOnlySpan<byte> sockaddr) => sockaddr[..Size].CopyTo(raw);

    /// <summary>The address as a number; IPv4 as mapped into IPv6 (RFC 4291 §2.5.5.2).</summary>
    public UInt128 Bits => IsV4
        ? BinaryPrimitives.ReadUInt32BigEndian(Bytes[4..]) + ((UInt128)0xffff << 32)
        : BinaryPrimitives.ReadUInt128BigEndian(Bytes[8..]);

    public int Port => BinaryPrimitives.ReadUInt16BigEndian(Bytes[2..]);

    internal int Length => IsV4 ? 16 : Size;

    internal ReadOnlySpan<byte> Bytes => MemoryMarshal.CreateReadOnlySpan(in Unsafe.As<Raw, byte>(ref Unsafe.AsRef(in raw)), Size);

    private bool IsV4 => MemoryMarshal.Read<ushort>(Bytes) == Rtnl.AF_INET;

    /// <summary>As <see cref="Bits"/> of a peer with this address.</summary>
    public static UInt128 BitsOf(IPAddress address) => BinaryPrimitives.ReadUInt128BigEndian(address.MapToIPv6().GetAddressBytes());

    internal static byte[] Encode(IPEndPoint endpoint)
    {
        var bytes = new byte[Size];
        var v4 = endpoint.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork;
        MemoryMarshal.Write(bytes, (ushort)(v4 ? Rtnl.AF_INET : Rtnl.AF_INET6));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)endpoint.Port);
        endpoint.Address.TryWriteBytes(bytes.AsSpan(v4 ? 4 : 8), out _);
        return bytes;
    }

    [InlineArray(Size)]
    private struct Raw
    {
        private byte first;
    }
}
