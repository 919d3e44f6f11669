using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Vitrine.Kernel.Cni;

/// <summary>Real connections between namespaces.</summary>
internal static class Traffic
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(3), ShortWhile = TimeSpan.FromMilliseconds(400);

    internal static Socket Listen(ThrowAwayNetns netns, int port, ProtocolType protocol = ProtocolType.Tcp, AddressFamily family = AddressFamily.InterNetwork, string? address = null) => netns.Handle.Run(() =>
    {
        var socket = Make(family, protocol);
        socket.ReceiveTimeout = 3000;
        socket.Bind(new IPEndPoint(address is null ? family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any : IPAddress.Parse(address), port));
        if (protocol == ProtocolType.Tcp)
            socket.Listen();
        return socket;
    });

    /// <summary>Connects by TCP; the answer is the client's address as the server sees it, or null when there was no connection.</summary>
    internal static IPAddress? SeenBy(Socket listener, ThrowAwayNetns from, string to, int port, string? source = null, TimeSpan? patience = null)
    {
        var target = new IPEndPoint(IPAddress.Parse(to), port);
        using var client = from.Handle.Run(() => Make(target.AddressFamily, ProtocolType.Tcp));
        if (source is not null)
            client.Bind(new IPEndPoint(IPAddress.Parse(source), 0));
        try
        {
            if (!client.ConnectAsync(target).Wait(patience ?? Patience))
                return null;
        }
        catch (AggregateException e) when (e.InnerException is SocketException)
        {
            return null;
        }
        if (!listener.Poll(TimeSpan.FromSeconds(3), SelectMode.SelectRead))
            return null;
        using var accepted = listener.Accept();
        return ((IPEndPoint)accepted.RemoteEndPoint!).Address;
    }

    /// <summary>Sends a datagram from a socket that stays, and says whether the server answers it.</summary>
    internal static bool Answers(Socket server, Socket client, string to, int port, string text = "ping")
    {
        client.SendTo(Encoding.ASCII.GetBytes(text), new IPEndPoint(IPAddress.Parse(to), port));
        if (!server.Poll(TimeSpan.FromMilliseconds(500), SelectMode.SelectRead))
            return false;
        EndPoint sender = new IPEndPoint(IPAddress.Any, 0);
        var buffer = new byte[64];
        var length = server.ReceiveFrom(buffer, ref sender);
        server.SendTo(buffer.AsSpan(0, length), sender);
        return client.Poll(TimeSpan.FromSeconds(2), SelectMode.SelectRead) && client.Receive(buffer) == length;
    }

    internal static Socket Udp(ThrowAwayNetns netns, AddressFamily family = AddressFamily.InterNetwork) => netns.Handle.Run(() => Make(family, ProtocolType.Udp));

    private static Socket Make(AddressFamily family, ProtocolType protocol) =>
        new(family, protocol == ProtocolType.Tcp ? SocketType.Stream : SocketType.Dgram, protocol);
}
