using System.Net;
using System.Runtime.InteropServices;
using Vitrine.Linux.Interop;

namespace Vitrine.Linux.Sockets;

/// <summary>
/// A UDP socket that receives many datagrams with one system call and answers them in place with another: recvmmsg(2) with MSG_WAITFORONE and
/// sendmmsg(2). Nothing is allocated after <see cref="Bind"/>. One thread receives; <see cref="SendTo"/> and <see cref="Stop"/> may come from any.
/// </summary>
public sealed unsafe class DatagramBatch : IDisposable
{
    // linux/socket.h, asm-generic/socket.h, linux/in.h, linux/in6.h
    private const int Datagram = 2, CloseOnExec = 0x80000, WaitForOne = 0x10000, NoSignal = 0x4000;
    private const int SolSocket = 1, ReusePort = 15, ReceiveBufferForce = 33, SolIp = 0, FreeBind = 15, SolIpv6 = 41, Ipv6Only = 26, Ipv6FreeBind = 78;
    private const int ReceiveBuffer = 4 * 1024 * 1024, ShutBoth = 2;

    private readonly FileHandle socket;
    private readonly int slotSize, slots;
    private readonly byte* buffers;
    private readonly byte* peers;
    private readonly IoVector* vectors;
    private readonly SocketMessage* received;
    private readonly SocketMessage* replies;
    private readonly Lock gate = new();
    private int pending, dirty;
    private volatile bool stopped;

    private DatagramBatch(FileHandle socket, int slots, int slotSize)
    {
        (this.socket, this.slots, this.slotSize) = (socket, slots, slotSize);
        buffers = (byte*)NativeMemory.AllocZeroed((nuint)(slots * slotSize));
        peers = (byte*)NativeMemory.AllocZeroed((nuint)(slots * PeerAddress.Size));
        vectors = (IoVector*)NativeMemory.AllocZeroed((nuint)(slots * sizeof(IoVector)));
        received = (SocketMessage*)NativeMemory.AllocZeroed((nuint)(slots * sizeof(SocketMessage)));
        replies = (SocketMessage*)NativeMemory.AllocZeroed((nuint)(slots * sizeof(SocketMessage)));
        for (var i = 0; i < slots; i++)
        {
            vectors[i] = new IoVector { Base = buffers + i * slotSize, Length = (nuint)slotSize };
            received[i] = new SocketMessage { Name = peers + i * PeerAddress.Size, NameLength = PeerAddress.Size, Vectors = &vectors[i], VectorCount = 1 };
        }
    }

    /// <summary>Opens a socket in the namespace of the calling thread. The address need not be there yet; an earlier owner that is dying may still hold it.</summary>
    /// <param name="local">where to listen</param>
    /// <param name="slots">how many datagrams at once</param>
    /// <param name="slotSize">bytes of the longest datagram, received or sent; longer ones are cut</param>
    public static DatagramBatch Bind(IPEndPoint local, int slots = 32, int slotSize = 2048)
    {
        var v6 = local.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        var attempted = $"listen on {local}/udp";
        var socket = new FileHandle((int)LibC.Check(LibC.Socket(v6 ? Netlink.Rtnl.AF_INET6 : Netlink.Rtnl.AF_INET, Datagram | CloseOnExec, 0), attempted));
        try
        {
            int one = 1, size = ReceiveBuffer;
            LibC.Check(LibC.Setsockopt(socket.Fd, SolSocket, ReusePort, &one, sizeof(int)), attempted);
            LibC.Check(LibC.Setsockopt(socket.Fd, v6 ? SolIpv6 : SolIp, v6 ? Ipv6FreeBind : FreeBind, &one, sizeof(int)), attempted);
            if (v6)
                LibC.Check(LibC.Setsockopt(socket.Fd, SolIpv6, Ipv6Only, &one, sizeof(int)), attempted);
            // Without CAP_NET_ADMIN the default stays: a burst is lost earlier, nothing else.
            LibC.Setsockopt(socket.Fd, SolSocket, ReceiveBufferForce, &size, sizeof(int));
            fixed (byte* address = PeerAddress.Encode(local))
                LibC.Check(LibC.Bind(socket.Fd, address, v6 ? PeerAddress.Size : 16), attempted);
            return new DatagramBatch(socket, slots, slotSize);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Waits for at least one datagram; 0 after <see cref="Stop"/>.</summary>
    public int Receive()
    {
        for (; dirty > 0; dirty--)
        {
            var i = dirty - 1;
            // The kernel shortened it to the last sender's, and a reply to its own length.
            received[i].NameLength = PeerAddress.Size;
            vectors[i].Length = (nuint)slotSize;
        }
        while (!stopped)
        {
            var count = LibC.Recvmmsg(socket.Fd, received, (uint)slots, WaitForOne, null);
            dirty = Math.Max(0, count);
            if (count > 0)
                return stopped ? 0 : count;
            if (count < 0 && LibC.LastErrno is not (Errno.EINTR or Errno.EAGAIN or Errno.ECONNREFUSED))
                throw new LinuxException(LibC.LastErrno, "receive datagrams");
        }
        return 0;
    }

    /// <summary>The whole room of a datagram's slot: the reply is written over what came.</summary>
    public Span<byte> Slot(int index) => new(buffers + index * slotSize, slotSize);

    /// <summary>Bytes that came.</summary>
    public int Length(int index) => (int)received[index].Count;

    public PeerAddress Peer(int index) => new(new ReadOnlySpan<byte>(peers + index * PeerAddress.Size, PeerAddress.Size));

    /// <summary>The first bytes of the slot go back to the sender with the next <see cref="Flush"/>.</summary>
    public void Reply(int index, int length)
    {
        vectors[index].Length = (nuint)length;
        replies[pending] = received[index];
        replies[pending++].Flags = 0;
    }

    /// <summary>Sends the replies. One that the kernel refuses is lost, as a datagram may be.</summary>
    public void Flush()
    {
        for (var sent = 0; sent < pending;)
            sent += Math.Max(1, LibC.Sendmmsg(socket.Fd, replies + sent, (uint)(pending - sent), NoSignal));
        pending = 0;
    }

    /// <summary>A reply that was not ready with its batch.</summary>
    public void SendTo(PeerAddress peer, ReadOnlySpan<byte> datagram)
    {
        // Not into a descriptor that is somebody else's by now.
        lock (gate)
            fixed (byte* bytes = datagram, address = peer.Bytes)
                if (!stopped)
                    LibC.Sendto(socket.Fd, bytes, datagram.Length, NoSignal, address, peer.Length);
    }

    /// <summary>Wakes the receiver for good. udp(7) says ENOTCONN to a shutdown, and wakes nevertheless.</summary>
    public void Stop()
    {
        stopped = true;
        LibC.Shutdown(socket.Fd, ShutBoth);
    }

    /// <summary>Only when nobody receives any more.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            stopped = true;
            socket.Dispose();
        }
        foreach (var memory in new void*[] { buffers, peers, vectors, received, replies })
            NativeMemory.Free(memory);
    }
}
