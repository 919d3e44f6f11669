using System.Net;
using System.Net.Sockets;

namespace Vitrine.Bench.Gateway;

/// <summary>A backend that takes every connection over as a WebSocket (RFC 6455 §4.2.2) and sends back what it hears.</summary>
internal sealed class Echo : IDisposable
{
    private readonly Socket listener = new(SocketType.Stream, ProtocolType.Tcp);

    public Echo(int port)
    {
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen();
        _ = AcceptAsync();
    }

    /// <summary>Opens one through a proxy.</summary>
    public static async Task<NetworkStream> OpenAsync(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var stream = new NetworkStream(socket, ownsSocket: true);
        await stream.WriteAsync("GET / HTTP/1.1\r\nHost: echo.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"u8.ToArray());
        var head = new byte[4096];
        var got = 0;
        while (head.AsSpan(0, got).IndexOf("\r\n\r\n"u8) < 0)
            got += await stream.ReadAsync(head.AsMemory(got)) is > 0 and var more ? more : throw new IOException("closed before it was a WebSocket");
        return head.AsSpan(0, got).StartsWith("HTTP/1.1 101"u8) ? stream : throw new IOException($"refused: {System.Text.Encoding.ASCII.GetString(head, 0, got)}");
    }

    /// <summary>One word there and back.</summary>
    public static async Task<bool> AnswersAsync(NetworkStream socket)
    {
        try
        {
            var word = new byte[16];
            await socket.WriteAsync(word);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await socket.ReadExactlyAsync(word, patience.Token);
            return true;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await listener.AcceptAsync());
        }
        catch (SocketException)
        {
            // Disposed.
        }
    }

    private static async Task AnswerAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            var buffer = new byte[16 << 10];
            var got = 0;
            while (buffer.AsSpan(0, got).IndexOf("\r\n\r\n"u8) < 0)
                got += await stream.ReadAsync(buffer.AsMemory(got)) is > 0 and var more ? more : throw new IOException("no request");
            await stream.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"u8.ToArray());
            while (await stream.ReadAsync(buffer) is > 0 and var read)
                await stream.WriteAsync(buffer.AsMemory(0, read));
        }
        catch (IOException)
        {
            // The proxy or its client has gone.
        }
    }
}
