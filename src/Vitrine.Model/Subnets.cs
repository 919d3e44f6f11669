using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Vitrine.Model;

/// <summary>Arithmetic on address ranges of either family.</summary>
public static class Subnets
{
    /// <summary>The n-th address of a range; 0 is its base.</summary>
    public static IPAddress At(IPNetwork range, UInt128 n) => Address(range, Number(range.BaseAddress) + n);

    /// <summary>The n-th share of a range when it is cut into shares of a prefix length.</summary>
    public static IPNetwork Share(IPNetwork range, int prefixLength, UInt128 n) =>
        new(Address(range, Number(range.BaseAddress) + (n << (Bits(range) - prefixLength))), prefixLength);

    /// <summary>How many shares of a prefix length a range has, at most 2^32.</summary>
    public static long Shares(IPNetwork range, int prefixLength) => 1L << Math.Min(32, prefixLength - range.PrefixLength);

    /// <summary>The range of a prefix length that an address is in.</summary>
    public static IPNetwork Around(IPAddress address, int prefixLength)
    {
        var host = Bits(address) - prefixLength;
        return new(Address(address.AddressFamily, host == 128 ? 0 : Number(address) >> host << host), prefixLength);
    }

    public static bool Overlap(IPNetwork a, IPNetwork b) => a.BaseAddress.AddressFamily == b.BaseAddress.AddressFamily
        && (a.PrefixLength <= b.PrefixLength ? a.Contains(b.BaseAddress) : b.Contains(a.BaseAddress));

    /// <summary>Length of the family's addresses in bits.</summary>
    public static int Bits(IPNetwork range) => Bits(range.BaseAddress);

    /// <summary>The same of an address.</summary>
    public static int Bits(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;

    /// <summary>The last address of a range: for IPv4 its broadcast address.</summary>
    public static IPAddress Last(IPNetwork range) => Address(range, Number(range.BaseAddress) | HostBits(Bits(range) - range.PrefixLength));

    /// <summary>An address as a number of its family.</summary>
    public static UInt128 Number(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    // A number is shifted by its whole length as if by nothing.
    private static UInt128 HostBits(int count) => count == 128 ? UInt128.MaxValue : (UInt128.One << count) - 1;

    private static IPAddress Address(IPNetwork range, UInt128 number) => Address(range.BaseAddress.AddressFamily, number);

    /// <summary>The other way round.</summary>
    public static IPAddress Address(AddressFamily family, UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (family == AddressFamily.InterNetwork)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)number);
            return new IPAddress(bytes[..4]);
        }

        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new IPAddress(bytes);
    }
}
