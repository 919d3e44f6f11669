using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Vitrine.Linux.Netns;

namespace Vitrine.Cluster.Policies;

/// <summary>
/// SCTP without a kernel that speaks it: an INIT (RFC 9260, 3.3.2) goes out by a raw socket, and another sees it arrive or not. IPv4 alone.
/// </summary>
internal sealed partial class SctpProbe : IDisposable
{
    private const int AfInet = 2, SockRaw = 3, Sctp = 132;
    private const int Header = 12, Init = 20, TagOffset = 16;
    private static int tags;
    private readonly Socket socket;
    private readonly ConcurrentDictionary<uint, bool> seen = [];

    public SctpProbe(NetnsHandle netns)
    {
        // The class library knows no such protocol, and would refuse it.
        socket = netns.Run(() => new Socket(new SafeSocketHandle(OpenSocket(AfInet, SockRaw, Sctp), ownsHandle: true)));
        socket.ReceiveBufferSize = 1 << 20;
        _ = Task.Run(ReceiveAsync);
    }

    /// <summary>Sends to a port of an address of another namespace; the number by which <see cref="Saw"/> knows the packet.</summary>
    public uint Send(IPAddress to, int port)
    {
        var tag = (uint)Interlocked.Increment(ref tags);
        var packet = new byte[Header + Init];
        BinaryPrimitives.WriteUInt16BigEndian(packet, (ushort)Random.Shared.Next(1024, 65536));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)port);
        packet[Header] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(Header + 2), Init);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(TagOffset), tag);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(TagOffset + 4), 1 << 16);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(TagOffset + 8), 1);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(TagOffset + 10), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(8), Crc32C(packet));
        socket.SendTo(packet, new IPEndPoint(to, 0));
        return tag;
    }

    public bool Saw(uint tag) => seen.ContainsKey(tag);

    public void Dispose() => socket.Dispose();

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int domain, int type, int protocol);

    private async Task ReceiveAsync()
    {
        var buffer = new byte[2048];
        try
        {
            while (true)
            {
                var length = await socket.ReceiveAsync(buffer);
                var transport = (buffer[0] & 15) * 4;
                if (length >= transport + Header + Init && IsWhole(buffer.AsSpan(transport..length)))
                    seen[BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(transport + TagOffset))] = true;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The town is torn down.
        }
    }

    /// <summary>Who translates its addresses and ports has to mend its checksum (RFC 9260, 6.8).</summary>
    private static bool IsWhole(ReadOnlySpan<byte> packet)
    {
        byte[] copy = [.. packet];
        copy.AsSpan(8, 4).Clear();
        return Crc32C(copy) == BinaryPrimitives.ReadUInt32LittleEndian(packet[8..]);
    }

    private static uint Crc32C(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var one in bytes)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
        }
        return ~crc;
    }
}
