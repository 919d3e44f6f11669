using System.Net.WebSockets;
using System.Runtime.CompilerServices;

namespace Vitrine.Agent.Streaming;

/// <summary>A client's WebSocket whose messages each belong to a channel.</summary>
internal sealed class ChannelSocket(WebSocket socket, ChannelProtocol protocol)
{
    private const int MaxMessage = 1 << 20;

    public ChannelProtocol Protocol => protocol;

    public Task SendAsync(byte channel, ReadOnlyMemory<byte> bytes, CancellationToken ct) =>
        socket.SendAsync(protocol.Encode(channel, bytes.Span), protocol.IsBase64 ? WebSocketMessageType.Text : WebSocketMessageType.Binary, true, ct);

    /// <summary>Carries both ways until nothing comes down any more or one side has gone, then says goodbye.</summary>
    public async Task CarryAsync(Func<CancellationToken, Task> up, Func<CancellationToken, Task> down, CancellationToken ct)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var rising = UpAsync(up, ended.Token);
        try
        {
            await down(ended.Token).ConfigureAwait(false);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token).ConfigureAwait(false);
            // The client's own close frame ends the other direction; its data must not be reset away meanwhile.
            await rising.WaitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or WebSocketException or InvalidDataException)
        {
            // Either side vanished: there is nobody left to tell.
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await rising.ConfigureAwait(false);
        }
    }

    /// <summary>Whole messages with a channel, up to the client's close frame; each is valid until the next is asked for.</summary>
    /// <exception cref="InvalidDataException">a message beyond 1 MiB</exception>
    public async IAsyncEnumerable<(byte Channel, ReadOnlyMemory<byte> Bytes)> ReadAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var buffer = new byte[32 << 10];
        var filled = 0;
        while (await socket.ReceiveAsync(buffer.AsMemory(filled), ct).ConfigureAwait(false) is { MessageType: not WebSocketMessageType.Close } part)
        {
            filled += part.Count;
            if (part.EndOfMessage)
            {
                if (protocol.Decode(buffer.AsMemory(0, filled)) is { } message)
                {
                    yield return message;
                }

                filled = 0;
            }
            else if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length < MaxMessage ? buffer.Length * 2 : throw new InvalidDataException("a message beyond 1 MiB"));
            }
        }
    }

    private static async Task UpAsync(Func<CancellationToken, Task> up, CancellationToken ct)
    {
        try
        {
            await up(ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or WebSocketException or InvalidDataException or ObjectDisposedException)
        {
            // The way down decides when it is over.
        }
    }
}
