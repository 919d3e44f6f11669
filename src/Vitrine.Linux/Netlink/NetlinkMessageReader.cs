using System.Runtime.InteropServices;

namespace Vitrine.Linux.Netlink;

/// <summary>Walks the netlink messages of one datagram. A length that does not fit ends the walk: the kernel does not send such, a test may.</summary>
internal ref struct NetlinkMessageReader(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> rest = datagram;

    internal ushort Type { get; private set; }
    internal ushort Flags { get; private set; }
    internal uint Sequence { get; private set; }

    /// <summary>Of a notification: the port of the socket whose request caused it.</summary>
    internal uint Port { get; private set; }

    /// <summary>What follows the header: a family header and attributes, or an error number.</summary>
    internal ReadOnlySpan<byte> Body { get; private set; }

    internal bool Next()
    {
        if (rest.Length < Rtnl.NlmsgHeaderSize)
            return false;
        var length = MemoryMarshal.Read<int>(rest);
        if (length < Rtnl.NlmsgHeaderSize || length > rest.Length)
            return false;
        Type = MemoryMarshal.Read<ushort>(rest[4..]);
        Flags = MemoryMarshal.Read<ushort>(rest[6..]);
        Sequence = MemoryMarshal.Read<uint>(rest[8..]);
        Port = MemoryMarshal.Read<uint>(rest[12..]);
        Body = rest[Rtnl.NlmsgHeaderSize..length];
        rest = rest[Math.Min(Rtnl.Align(length), rest.Length)..];
        return true;
    }
}
