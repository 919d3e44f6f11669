using System.Net;
using System.Net.Sockets;
using Vitrine.Linux.Netns;

namespace Vitrine.Kernel.Explain;

/// <summary>Listens as told, takes connections, answers a datagram with one byte: an answer that fits everywhere.</summary>
internal sealed class Responder : IDisposable
{
    private readonly Socket socket;
    private readonly Task running;

    public Responder(NetnsHandle netns, bool udp, IPEndPoint at, bool onlyV6)
    {
        socket = netns.Run(() =>
        {
            var made = new Socket(at.AddressFamily, udp ? SocketType.Dgram : SocketType.Stream, udp ? ProtocolType.Udp : ProtocolType.Tcp);
            if (at.AddressFamily == AddressFamily.InterNetworkV6)
                made.DualMode = !onlyV6;
            made.Bind(at);
            if (!udp)
                made.Listen(512);
            return made;
        });
        running = udp ? AnswerAsync(at.AddressFamily) : AcceptAsync();
    }

    public void Dispose()
    {
        socket.Dispose();
        running.Wait(TimeSpan.FromSeconds(5));
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                (await socket.AcceptAsync()).Dispose();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task AnswerAsync(AddressFamily family)
    {
        var buffer = new byte[64 * 1024];
        while (true)
            try
            {
                var got = await socket.ReceiveFromAsync(buffer, new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0));
                await socket.SendToAsync(buffer.AsMemory(0, 1), got.RemoteEndPoint);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode is not (SocketError.OperationAborted or SocketError.Interrupted))
            {
                // The answer's way is broken, which is the test's wish.
            }
            catch (SocketException)
            {
                return;
            }
    }
}
