using System.Net.WebSockets;

namespace Vitrine.Agent.Streaming;

/// <summary>
/// A byte stream inside binary messages, whose borders mean nothing (k8s.io/client-go/transport/websocket: TunnelingConnection).
/// It ends, both ways, when either side ends: SPDY within says what is half-closed.
/// </summary>
internal static class WebSocketTunnel
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <param name="socket">Towards the client.</param>
    /// <param name="first">What the stream has already given.</param>
    /// <param name="stream">Towards the runtime.</param>
    /// <param name="ct">Ends the tunnel.</param>
    public static async Task RunAsync(WebSocket socket, ReadOnlyMemory<byte> first, Stream stream, CancellationToken ct)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var down = DownAsync(socket, first, stream, ended.Token);
        var up = UpAsync(socket, stream, ended.Token);
        if (await Task.WhenAny(up, down).ConfigureAwait(false) == down)
        {
            await CloseAsync(socket).ConfigureAwait(false);
        }

        // Whatever is still under way has nobody to go to.
        await ended.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(up, down).ConfigureAwait(false);
    }

    private static async Task DownAsync(WebSocket socket, ReadOnlyMemory<byte> first, Stream stream, CancellationToken ct)
    {
        try
        {
            if (first.Length > 0)
            {
                await socket.SendAsync(first, WebSocketMessageType.Binary, true, ct).ConfigureAwait(false);
            }

            var buffer = new byte[32 << 10];
            while (await stream.ReadAsync(buffer, ct).ConfigureAwait(false) is > 0 and var read)
            {
                await socket.SendAsync(buffer.AsMemory(0, read), WebSocketMessageType.Binary, true, ct).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            // Either side vanished: there is nobody left to tell.
        }
    }

    private static async Task UpAsync(WebSocket socket, Stream stream, CancellationToken ct)
    {
        try
        {
            var buffer = new byte[32 << 10];
            while (await socket.ReceiveAsync(buffer.AsMemory(), ct).ConfigureAwait(false) is { MessageType: not WebSocketMessageType.Close } part)
            {
                await stream.WriteAsync(buffer.AsMemory(0, part.Count), ct).ConfigureAwait(false);
                await stream.FlushAsync(ct).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            // As above.
        }
    }

    private static async Task CloseAsync(WebSocket socket)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            // The client has closed first.
        }
    }
}
