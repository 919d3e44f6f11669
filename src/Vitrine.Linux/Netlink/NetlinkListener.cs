using System.Net.Sockets;

namespace Vitrine.Linux.Netlink;

/// <summary>A socket in multicast groups, read without holding a thread. It hears of one namespace, that of the thread that opened it.</summary>
internal sealed class NetlinkListener : IDisposable
{
    private readonly Socket socket;
    private readonly byte[] received = new byte[64 * 1024];

    internal NetlinkListener(int protocol, params ReadOnlySpan<int> groups)
    {
        using var handle = NetlinkHandle.Open(protocol);
        handle.Join(groups);
        socket = new Socket(new SafeSocketHandle(handle.Release(), ownsHandle: true));
    }

    /// <summary>The next datagram; empty when some were lost because we were slow.</summary>
    internal async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken ct)
    {
        try
        {
            return received.AsMemory(0, await socket.ReceiveAsync(received, ct).ConfigureAwait(false));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.NoBufferSpaceAvailable)
        {
            return default;
        }
    }

    public void Dispose() => socket.Dispose();
}
