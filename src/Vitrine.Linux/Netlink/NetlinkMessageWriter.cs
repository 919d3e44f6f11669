using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Vitrine.Linux.Netlink;

/// <summary>
/// Appends netlink messages to one growing buffer, so that several go to the kernel in one send. Host byte order, 4-byte alignment
/// (linux/netlink.h); <see cref="Begin"/> opens a message, attributes follow, the next Begin or <see cref="Written"/> closes it.
/// </summary>
internal sealed class NetlinkMessageWriter
{
    private byte[] buffer = new byte[1024];
    private int length, messageStart = -1;

    internal int Count { get; private set; }

    /// <summary>Bytes so far.</summary>
    internal int Length => length;

    internal Span<byte> Written
    {
        get
        {
            Close();
            return buffer.AsSpan(0, length);
        }
    }

    internal void Begin(ushort type, ushort flags, uint sequence)
    {
        Close();
        messageStart = length;
        Count++;
        var header = Reserve(Rtnl.NlmsgHeaderSize);
        MemoryMarshal.Write(header[4..], type);
        MemoryMarshal.Write(header[6..], flags);
        MemoryMarshal.Write(header[8..], sequence);
    }

    /// <summary>Zeroed room for a family header (ifinfomsg, rtmsg …) or other fixed part.</summary>
    internal Span<byte> Reserve(int size)
    {
        var start = Rtnl.Align(length);
        var end = start + Rtnl.Align(size);
        if (end > buffer.Length)
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, end));
        length = end;
        return buffer.AsSpan(start, size);
    }

    internal void Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        var room = Reserve(4 + value.Length);
        MemoryMarshal.Write(room, (ushort)(4 + value.Length));
        MemoryMarshal.Write(room[2..], type);
        value.CopyTo(room[4..]);
    }

    internal void Attribute(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        MemoryMarshal.Write(bytes, value);
        Attribute(type, bytes);
    }

    internal void Attribute(ushort type, byte value) => Attribute(type, [value]);

    /// <summary>As nfnetlink wants its numbers.</summary>
    internal void AttributeBigEndian(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        Attribute(type, bytes);
    }

    internal void AttributeBigEndian(ushort type, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        Attribute(type, bytes);
    }

    internal void Attribute(ushort type, string value)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(value.Length) + 1];
        Attribute(type, bytes.AsSpan(0, Encoding.UTF8.GetBytes(value, bytes) + 1));
    }

    internal void Attribute(ushort type, IPAddress value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, out var written);
        Attribute(type, bytes[..written]);
    }

    internal void Attribute(ushort type, MacAddress value)
    {
        Span<byte> bytes = stackalloc byte[MacAddress.Length];
        value.Write(bytes);
        Attribute(type, bytes);
    }

    /// <summary>Opens a nested attribute; pass the result to <see cref="EndNest"/>.</summary>
    internal int BeginNest(ushort type, bool flagged = true)
    {
        var start = Rtnl.Align(length);
        MemoryMarshal.Write(Reserve(4)[2..], flagged ? (ushort)(type | Rtnl.NLA_F_NESTED) : type);
        return start;
    }

    internal void EndNest(int start) => MemoryMarshal.Write(buffer.AsSpan(start), (ushort)(length - start));

    /// <summary>Asks for an acknowledgement of the last message: the kernel works in order, and errors come without asking.</summary>
    internal void AcknowledgeLast()
    {
        Close();
        var flags = BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(lastStart + 6));
        MemoryMarshal.Write(buffer.AsSpan(lastStart + 6), (ushort)(flags | Rtnl.NLM_F_ACK));
    }

    private int lastStart;

    private void Close()
    {
        if (messageStart < 0)
            return;
        MemoryMarshal.Write(buffer.AsSpan(messageStart), (uint)(length - messageStart));
        lastStart = messageStart;
        messageStart = -1;
    }
}
