using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Vitrine.Kernel.Services;

/// <summary>Answers over TCP and UDP with its name and the client it sees: "web-1 10.0.99.2". On both families.</summary>
internal sealed class NamedServer : IDisposable
{
    private readonly Socket listener, datagrams;
    private readonly string name;
    private readonly List<Task> running;

    public NamedServer(ThrowAwayNetns netns, int port, string name)
    {
        this.name = name;
        (listener, datagrams) = netns.Handle.Run(() =>
        {
            var tcp = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
            var udp = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
            tcp.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
            udp.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
            tcp.Listen(512);
            return (tcp, udp);
        });
        running = [Task.Run(AcceptAsync), Task.Run(DatagramsAsync)];
    }

    public void Dispose()
    {
        listener.Dispose();
        datagrams.Dispose();
        Task.WhenAll(running).Wait(TimeSpan.FromSeconds(5));
    }

    private byte[] Answer(EndPoint? client)
    {
        var address = ((IPEndPoint)client!).Address;
        return Encoding.UTF8.GetBytes($"{name} {(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)}");
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptAsync();
                _ = Task.Run(async () =>
                {
                    using var _ = client;
                    try
                    {
                        var buffer = new byte[512];
                        while (await client.ReceiveAsync(buffer) > 0)
                            await client.SendAsync(Answer(client.RemoteEndPoint));
                    }
                    catch (SocketException)
                    {
                    }
                });
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task DatagramsAsync()
    {
        var buffer = new byte[512];
        try
        {
            while (true)
            {
                var got = await datagrams.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.IPv6Any, 0));
                await datagrams.SendToAsync(Answer(got.RemoteEndPoint), got.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }
}
