using System.Net;
using System.Net.Sockets;

namespace Vitrine.Gateway.Forwarding;

/// <summary>Opens connections to pods.</summary>
internal static class BackendSocket
{
    private static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(5);

    /// <summary>Throws <see cref="ConnectFailure"/> where none comes about, OperationCanceledException where nobody waits for it any more.</summary>
    /// <param name="to">the pod</param>
    /// <param name="limit">until a connection stands and has said who it is; null for five seconds</param>
    /// <param name="greet">what is said before the first request; a failure is a connection that did not come about</param>
    /// <param name="ct">of who waits</param>
    public static async ValueTask<T> ConnectAsync<T>(IPEndPoint to, TimeSpan? limit, Func<Socket, CancellationToken, ValueTask<T>> greet, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(limit ?? UsualPatience);
        var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            KeepAlive(socket);
            await socket.ConnectAsync(to, patience.Token).ConfigureAwait(false);
            return await greet(socket, patience.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (ct.IsCancellationRequested || e is not (SocketException or IOException or System.Security.Authentication.AuthenticationException or OperationCanceledException))
                throw;
            throw new ConnectFailure($"{to}: {e.Message}", e is OperationCanceledException or SocketException { SocketErrorCode: SocketError.TimedOut }, e);
        }
    }

    // Hosts that vanish without a word are found by keep-alive probes: 30 s and three of 10 s.
    private static void KeepAlive(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
    }
}
