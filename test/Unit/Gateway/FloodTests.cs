using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Vitrine.Model.Plans.Gateway;
using Xunit;

namespace Vitrine.Unit.Gateway;

/// <summary>HTTP/2 abused: the proxy ends the connection, and others notice nothing.</summary>
public sealed class FloodTests
{
    private const byte Data = 0, Headers = 1, Reset = 3, Settings = 4, Ping = 6, Continuation = 9;
    private static readonly byte[] Get = [0x82, 0x84, 0x86, 0x41, 1, (byte)'a'];

    [Fact]
    public async Task Rapid_reset() => await AttackAsync(async (stream, i) =>
    {
        var id = 2 * i + 1;
        await stream.WriteAsync((byte[])[.. Frame(Headers, 5, id, Get), .. Frame(Reset, 0, id, [0, 0, 0, 8])]);
    });

    [Fact]
    public async Task Pings() => await AttackAsync((stream, _) => stream.WriteAsync(Frame(Ping, 0, 0, new byte[8])).AsTask(), borne: true);

    [Fact]
    public async Task Settings_without_end() => await AttackAsync((stream, _) => stream.WriteAsync(Frame(Settings, 0, 0, [0, 3, 0, 0, 0, 100])).AsTask(), borne: true);

    [Fact]
    public async Task Headers_that_never_end() => await AttackAsync((stream, i) =>
        stream.WriteAsync(i == 0 ? Frame(Headers, 1, 1, Get) : Frame(Continuation, 0, 1, [.. Enumerable.Repeat((byte[])[0, 1, (byte)'x', 100, .. new byte[100].Select(_ => (byte)'y')], 50).SelectMany(b => b)])).AsTask());

    [Fact]
    public async Task Headers_that_unpack_to_much_more() => await AttackAsync((stream, i) => stream.WriteAsync(i == 0
        ? Frame(Headers, 1, 1, [.. Get, 0x40, 1, (byte)'x', 127, 0xA1, 0x1E, .. new byte[4000].Select(_ => (byte)'y')])
        : Frame(Continuation, 0, 1, [.. new byte[8000].Select(_ => (byte)0xBE)])).AsTask());

    [Theory]
    [InlineData("transfer-encoding", "chunked")]
    [InlineData("connection", "keep-alive")]
    [InlineData("x", "a\r\nx-smuggled: 1")]
    [InlineData("x\r\ny", "a")]
    [InlineData("content-length", "5")]
    public async Task A_header_that_HTTP_1_would_read_differently_does_not_reach_the_backend(string name, string value)
    {
        await using var shop = await FakeBackend.StartAsync();
        await using var gateway = await TestGateway.StartAsync(shop);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, gateway.Port);
        await using var stream = new NetworkStream(socket);
        byte[] block = [0x83, 0x84, 0x86, 0x41, 1, (byte)'a', 0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];
        await stream.WriteAsync((byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(Settings, 0, 0, []), .. Frame(Headers, 4, 1, block), .. Frame(Data, 1, 1, "0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n"u8.ToArray())]);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer, patience.Token) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Closed, or nothing more to say.
        }
        // What stands in a body is a body, whatever it looks like.
        Assert.InRange(shop.Requests.Count, 0, 1);
        Assert.DoesNotContain(shop.Requests, r => r.Target != "/" || r.Headers.Keys.Intersect([name, "x-smuggled", "y"], StringComparer.OrdinalIgnoreCase).Any());
    }

    [Fact]
    public async Task Thousands_of_idle_connections_keep_nobody_from_being_served()
    {
        await using var shop = await FakeBackend.StartAsync("shop");
        await using var gateway = await TestGateway.StartAsync(shop);
        var idle = new List<Socket>();
        try
        {
            // Two descriptors each in this process, which has other tests.
            for (var i = 0; i < 2000; i++)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                idle.Add(socket);
                await socket.ConnectAsync(IPAddress.Loopback, gateway.Port);
                // Half of them have begun to say something.
                if (i % 2 == 0)
                    await socket.SendAsync("GET / HTTP/1.1\r\nHo"u8.ToArray());
            }
            using var client = new HttpClient();
            Assert.Equal("shop", await client.GetStringAsync(gateway.Url));
            await TestGateway.UntilAsync(() => gateway.Server.Connections >= 2000);
        }
        finally
        {
            idle.ForEach(s => s.Dispose());
        }
        await TestGateway.UntilAsync(() => gateway.Server.Connections <= 1);
    }

    private static async Task AttackAsync(Func<NetworkStream, int, Task> send, bool borne = false)
    {
        await using var shop = await FakeBackend.StartAsync("shop", h => Task.Delay(TimeSpan.FromMinutes(1), h.RequestAborted));
        await using var calm = await FakeBackend.StartAsync("calm");
        await using var gateway = await TestGateway.StartAsync();
        await gateway.ServeAsync([TestGateway.Rule("/calm", "calm"), TestGateway.Rule("/", "shop")], [TestGateway.Upstream("shop", shop), TestGateway.Upstream("calm", calm)]);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, gateway.Port);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync((byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(Settings, 0, 0, [])]);
        var cutOff = false;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            for (var i = 0; i < 20_000; i++)
                await send(stream, i).WaitAsync(patience.Token);
        }
        catch (IOException)
        {
            cutOff = true;
        }
        catch (OperationCanceledException)
        {
            // It reads no more of what is not answered: held off, not cut off.
            cutOff = true;
        }
        // Frames that cost no more to answer than to send may be borne.
        Assert.True(cutOff || borne, "20 000 frames were taken");
        using var client = new HttpClient();
        Assert.Equal("calm", await client.GetStringAsync(new Uri(gateway.Url, "/calm")));
    }

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        (frame[0], frame[1], frame[2], frame[3], frame[4]) = ((byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }
}
