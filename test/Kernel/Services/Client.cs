using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Vitrine.Kernel.Services;

/// <summary>Asks a <see cref="NamedServer"/>; what it hears, or "refused", "silent", or the error's name.</summary>
internal static class Client
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1500);

    // Askers wait where answerers have to run.
    static Client() => ThreadPool.SetMinThreads(64, 64);

    public static string Tcp(ThrowAwayNetns from, IPAddress to, int port, int sourcePort = 0, IPAddress? source = null) => Ask(from, SocketType.Stream, ProtocolType.Tcp, to, port, sourcePort, source);

    public static string Udp(ThrowAwayNetns from, IPAddress to, int port, int sourcePort = 0, IPAddress? source = null) => Ask(from, SocketType.Dgram, ProtocolType.Udp, to, port, sourcePort, source);

    private static string Ask(ThrowAwayNetns from, SocketType type, ProtocolType protocol, IPAddress to, int port, int sourcePort, IPAddress? source)
    {
        using var socket = from.Handle.Run(() => new Socket(to.AddressFamily, type, protocol));
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            if (sourcePort != 0 || source is not null)
                socket.Bind(new IPEndPoint(source ?? (to.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any), sourcePort));
            using var late = new CancellationTokenSource(Patience);
            socket.ConnectAsync(new IPEndPoint(to, port), late.Token).AsTask().GetAwaiter().GetResult();
            return Once(socket);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return "refused";
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode.ToString();
        }
        catch (OperationCanceledException)
        {
            return "silent";
        }
    }

    /// <summary>One question over a socket that is connected already.</summary>
    public static string Once(Socket socket)
    {
        var buffer = new byte[512];
        socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        try
        {
            socket.Send("who?"u8);
            var n = socket.Receive(buffer);
            return Encoding.UTF8.GetString(buffer, 0, n);
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode switch { SocketError.ConnectionRefused => "refused", SocketError.WouldBlock or SocketError.TimedOut => "silent", var other => other.ToString() };
        }
    }
}
