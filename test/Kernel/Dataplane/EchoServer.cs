using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Vitrine.Kernel.Dataplane;

/// <summary>Sends back what it gets over TCP and UDP, on both families, and remembers who asked.</summary>
internal sealed class EchoServer : IDisposable
{
    private readonly Socket listener, datagrams;
    private readonly List<Task> running = [];

    public EchoServer(ThrowAwayNetns netns, int port)
    {
        (listener, datagrams) = netns.Handle.Run(() =>
        {
            var tcp = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
            var udp = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
            tcp.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
            udp.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
            tcp.Listen();
            return (tcp, udp);
        });
        running.Add(AcceptAsync());
        running.Add(EchoDatagramsAsync());
    }

    /// <summary>Addresses of clients, as the server saw them.</summary>
    public ConcurrentQueue<IPAddress> Seen { get; } = [];

    public void Dispose()
    {
        listener.Dispose();
        datagrams.Dispose();
        Task.WhenAll(running).Wait(TimeSpan.FromSeconds(5));
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = EchoAsync(await listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task EchoAsync(Socket client)
    {
        using var _ = client;
        Seen.Enqueue(Plain(client.RemoteEndPoint));
        var buffer = new byte[64 * 1024];
        try
        {
            for (int n; (n = await client.ReceiveAsync(buffer)) > 0;)
                for (var sent = 0; sent < n;)
                    sent += await client.SendAsync(buffer.AsMemory(sent, n - sent));
        }
        catch (SocketException)
        {
        }
    }

    private async Task EchoDatagramsAsync()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                var got = await datagrams.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.IPv6Any, 0));
                Seen.Enqueue(Plain(got.RemoteEndPoint));
                await datagrams.SendToAsync(buffer.AsMemory(0, got.ReceivedBytes), got.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    private static IPAddress Plain(EndPoint? end) => ((IPEndPoint)end!).Address is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : ((IPEndPoint)end).Address;
}
