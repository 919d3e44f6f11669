using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Vitrine.Linux.Netlink;

/// <summary>Walks netlink attributes (struct nlattr); stops at a length that does not fit.</summary>
internal ref struct AttributeReader(ReadOnlySpan<byte> attributes)
{
    private ReadOnlySpan<byte> rest = attributes;

    internal ushort Type { get; private set; }
    internal ReadOnlySpan<byte> Value { get; private set; }

    internal bool Next()
    {
        if (rest.Length < 4)
            return false;
        var length = MemoryMarshal.Read<ushort>(rest);
        if (length < 4 || length > rest.Length)
            return false;
        Type = (ushort)(MemoryMarshal.Read<ushort>(rest[2..]) & Rtnl.NLA_TYPE_MASK);
        Value = rest[4..length];
        rest = rest[Math.Min(Rtnl.Align(length), rest.Length)..];
        return true;
    }

    internal readonly uint UInt32 => Value.Length >= 4 ? MemoryMarshal.Read<uint>(Value) : 0;

    /// <summary>As nfnetlink writes its numbers.</summary>
    internal readonly uint UInt32BigEndian => Value.Length >= 4 ? BinaryPrimitives.ReadUInt32BigEndian(Value) : 0;

    internal readonly ulong UInt64BigEndian => Value.Length >= 8 ? BinaryPrimitives.ReadUInt64BigEndian(Value) : 0;

    internal readonly string String => Encoding.UTF8.GetString(Value.TrimEnd((byte)0));

    internal readonly IPAddress? Address => Value.Length is 4 or 16 ? new IPAddress(Value) : null;
}
