using System.Net.WebSockets;
using System.Runtime.CompilerServices;

namespace Vitrine.Agent.Streaming;

/// <summary>Whole messages of a WebSocket, up to its close frame.</summary>
internal static class WebSocketMessages
{
    private const int Max = 1 << 20;

    /// <summary>Each is valid until the next is asked for.</summary>
    /// <exception cref="InvalidDataException">a message beyond 1 MiB</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(WebSocket socket, [EnumeratorCancellation] CancellationToken ct)
    {
        var buffer = new byte[32 << 10];
        var filled = 0;
        while (await socket.ReceiveAsync(buffer.AsMemory(filled), ct).ConfigureAwait(false) is { MessageType: not WebSocketMessageType.Close } part)
        {
            filled += part.Count;
            if (part.EndOfMessage)
            {
                yield return buffer.AsMemory(0, filled);
                filled = 0;
            }
            else if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length < Max ? buffer.Length * 2 : throw new InvalidDataException("a message beyond 1 MiB"));
            }
        }
    }
}
