using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Vitrine.Linux.Nft;

/// <summary>One typed value as a rule compares or a set holds it: its bytes, and its text as nft(8) prints it.</summary>
public readonly partial struct NftValue
{
    private const string NumberText = "number";

    /// <summary>Null where the bytes say it all: text is for people, and most values are never shown.</summary>
    private readonly string? text;

    private NftValue(byte[] bytes, string? text = null)
    {
        Bytes = bytes;
        this.text = text;
    }

    internal byte[] Bytes { get; }

    public string Text => ReferenceEquals(text, NumberText) ? $"0x{MemoryMarshal.Read<uint>(Bytes):x8}" : text ?? Bytes.Length switch
    {
        1 => ProtocolName(Bytes[0]),
        2 => BinaryPrimitives.ReadUInt16BigEndian(Bytes).ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => new IPAddress(Bytes).ToString(),
    };

    public static NftValue Address(IPAddress address) => new(address.GetAddressBytes());

    public static NftValue Port(int port) => new([(byte)(port >> 8), (byte)port]);

    /// <summary>An IP protocol number, IPPROTO_*.</summary>
    public static NftValue Protocol(byte protocol) => new([protocol]);

    /// <summary>Four bytes in the machine's order: marks, indices, random numbers.</summary>
    public static NftValue Number(uint value)
    {
        var bytes = new byte[4];
        MemoryMarshal.Write(bytes, value);
        return new NftValue(bytes, NumberText);
    }

    /// <summary>A user's or group's number.</summary>
    public static NftValue Id(uint id)
    {
        var bytes = new byte[4];
        MemoryMarshal.Write(bytes, id);
        return new NftValue(bytes, id.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    public static NftValue Byte(byte value) => new([value], value.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public static NftValue InterfaceName(string name)
    {
        var bytes = new byte[16];
        Encoding.UTF8.GetBytes(name, bytes);
        return new NftValue(bytes, $"\"{name}\"");
    }

    public static implicit operator NftValue(IPAddress address) => Address(address);

    /// <summary>A network's first address.</summary>
    internal static NftValue First(IPNetwork network) => network.BaseAddress;

    /// <summary>A network's last address.</summary>
    internal static NftValue Last(IPNetwork network)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        for (var bit = network.PrefixLength; bit < bytes.Length * 8; bit++)
            bytes[bit / 8] |= (byte)(0x80 >> bit % 8);
        return new IPAddress(bytes);
    }

    internal static NftValue Mask(IPNetwork network)
    {
        var bytes = new byte[network.BaseAddress.GetAddressBytes().Length];
        for (var bit = 0; bit < network.PrefixLength; bit++)
            bytes[bit / 8] |= (byte)(0x80 >> bit % 8);
        return new IPAddress(bytes);
    }

    internal static NftValue BigEndian(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return new NftValue(bytes, $"0x{value:x8}");
    }

    internal static string ProtocolName(byte protocol) => protocol switch
    {
        1 => "icmp", 6 => "tcp", 17 => "udp", 58 => "ipv6-icmp", 132 => "sctp", _ => protocol.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
