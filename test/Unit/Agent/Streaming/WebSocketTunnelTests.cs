using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using Vitrine.Agent.Streaming;
using Xunit;

namespace Vitrine.Unit.Agent.Streaming;

public sealed class WebSocketTunnelTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(30));
    private NetworkStream _runtime = null!;
    private WebSocket _client = null!;
    private Task _tunnel = null!;

    public async ValueTask InitializeAsync()
    {
        var (clientEnd, serverEnd) = await PairAsync();
        var (agentEnd, runtimeEnd) = await PairAsync();
        _runtime = runtimeEnd;
        _client = WebSocket.CreateFromStream(clientEnd, new WebSocketCreationOptions { IsServer = false });
        var server = WebSocket.CreateFromStream(serverEnd, new WebSocketCreationOptions { IsServer = true });
        _tunnel = WebSocketTunnel.RunAsync(server, "first"u8.ToArray(), agentEnd, _limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _limit.CancelAsync();
        await _tunnel;
        _limit.Dispose();
        _client.Dispose();
        await _runtime.DisposeAsync();
    }

    [Fact]
    public async Task Bytes_arrive_whole_and_in_order_both_ways()
    {
        var sent = RandomNumberGenerator.GetBytes(3 << 20);
        var answer = RandomNumberGenerator.GetBytes(2 << 20);
        var up = Task.Run(async () =>
        {
            for (var at = 0; at < sent.Length; at += 100_000)
            {
                await _client.SendAsync(sent.AsMemory(at, Math.Min(100_000, sent.Length - at)), WebSocketMessageType.Binary, at % 200_000 == 0, _limit.Token);
            }
        });
        var down = _runtime.WriteAsync(answer, _limit.Token).AsTask();
        var received = new byte[sent.Length];
        var reading = _runtime.ReadExactlyAsync(received, _limit.Token).AsTask();
        var back = await ReceiveAsync("first".Length + answer.Length);
        await Task.WhenAll(up, down, reading);
        Assert.Equal(sent, received);
        Assert.Equal([.. "first"u8, .. answer], back);
    }

    [Fact]
    public async Task The_end_of_the_stream_is_the_clients_close()
    {
        await ReceiveAsync("first".Length);
        _runtime.Socket.Shutdown(SocketShutdown.Send);
        var result = await _client.ReceiveAsync(new byte[16].AsMemory(), _limit.Token);
        Assert.Equal(WebSocketMessageType.Close, result.MessageType);
        await _tunnel.WaitAsync(_limit.Token);
    }

    [Fact]
    public async Task A_client_that_closes_ends_the_tunnel()
    {
        await _client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, _limit.Token);
        await _tunnel.WaitAsync(_limit.Token);
    }

    private async Task<byte[]> ReceiveAsync(int length)
    {
        var all = new byte[length];
        for (var at = 0; at < length;)
        {
            at += (await _client.ReceiveAsync(all.AsMemory(at), _limit.Token)).Count;
        }
        return all;
    }

    private static async Task<(NetworkStream A, NetworkStream B)> PairAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var a = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var accepting = listener.AcceptSocketAsync();
        await a.ConnectAsync(listener.LocalEndpoint);
        return (new NetworkStream(a, ownsSocket: true), new NetworkStream(await accepting, ownsSocket: true));
    }
}
