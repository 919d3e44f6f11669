using System.Net;
using System.Net.Sockets;
using Vitrine.Linux.Netns;

namespace Vitrine.Kernel.Explain;

/// <summary>Listens as told, takes connections, answers a datagram with one byte: an answer that fits everywhere.</summary>
internal sealed class Responder : IDisposable
{
    private readonly Socket socket;
    private readonly NetnsHandle netns;
    private readonly Task running;

    public Responder(NetnsHandle netns, bool udp, IPEndPoint at, bool onlyV6)
    {
        this.netns = netns;
        socket = netns.Run(() =>
        {
            var made = new Socket(at.AddressFamily, udp ? SocketType.Dgram : SocketType.Stream, udp ? ProtocolType.Udp : ProtocolType.Tcp);
            if (at.AddressFamily == AddressFamily.InterNetworkV6)
                made.DualMode = !onlyV6;
            if (udp)
            {
                made.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                made.SetSocketOption(at.AddressFamily == AddressFamily.InterNetwork ? SocketOptionLevel.IP : SocketOptionLevel.IPv6, SocketOptionName.PacketInformation, true);
            }
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
                var got = await socket.ReceiveMessageFromAsync(buffer, new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0));
                Answer((IPEndPoint)got.RemoteEndPoint, got.PacketInformation.Address);
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

    /// <summary>From the very address that was asked, which a socket on the wildcard would not do.</summary>
    private void Answer(IPEndPoint whom, IPAddress asked)
    {
        var (to, from) = (Plain(whom.Address), Plain(asked));
        netns.Run(() =>
        {
            using var once = new Socket(from.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            once.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            once.Bind(new IPEndPoint(from, ((IPEndPoint)socket.LocalEndPoint!).Port));
            once.Connect(new IPEndPoint(to, whom.Port));
            once.Send([1]);
        });
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
