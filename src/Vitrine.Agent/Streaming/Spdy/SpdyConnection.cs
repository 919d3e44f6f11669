using System.Buffers.Binary;

namespace Vitrine.Agent.Streaming.Spdy;

/// <summary>
/// The client's end of a SPDY/3.1 connection, as far as remote command streams need it: open streams, send, half-close, receive.
/// containerd's server (moby/spdystream) has no flow control windows and its headers tell nothing, so neither is implemented.
/// </summary>
internal sealed class SpdyConnection(Stream transport) : IDisposable
{
    /// <summary>A peer's data frame may not ask for more memory than this at once.</summary>
    private const int MaxData = 1 << 20;
    private readonly SemaphoreSlim writing = new(1);
    private readonly SpdyHeaders headers = new();
    private uint nextId = 1;

    /// <summary>Opens a stream with its headers.</summary>
    /// <returns>Its id.</returns>
    public async Task<uint> OpenAsync(CancellationToken ct, params (string Name, string Value)[] about)
    {
        await writing.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var id = nextId;
            nextId += 2;
            var block = headers.Encode(about);
            var frame = new byte[SpdyFrame.HeaderSize + 10 + block.Length];
            new SpdyFrame(SpdyFrame.SynStream, 0, 0, 10 + block.Length).Write(frame);
            BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(8), id);
            block.CopyTo(frame.AsSpan(18));
            await transport.WriteAsync(frame, ct).ConfigureAwait(false);
            return id;
        }
        finally
        {
            writing.Release();
        }
    }

    public async Task SendAsync(uint stream, ReadOnlyMemory<byte> bytes, bool end, CancellationToken ct)
    {
        var frame = new byte[SpdyFrame.HeaderSize + bytes.Length];
        new SpdyFrame(SpdyFrame.Data, stream, end ? SpdyFrame.Fin : (byte)0, bytes.Length).Write(frame);
        bytes.Span.CopyTo(frame.AsSpan(SpdyFrame.HeaderSize));
        await WriteAsync(frame, ct).ConfigureAwait(false);
    }

    /// <summary>The next thing the peer says about a stream, or null when the connection is over.</summary>
    /// <exception cref="InvalidDataException">The peer does not speak SPDY/3.1, or asks for too much memory.</exception>
    public async Task<SpdyMessage?> ReceiveAsync(CancellationToken ct)
    {
        var header = new byte[SpdyFrame.HeaderSize];
        while (await transport.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, ct).ConfigureAwait(false) == header.Length)
        {
            if (!SpdyFrame.TryRead(header, out var frame) || frame.Length > MaxData)
            {
                throw new InvalidDataException($"a SPDY/3.1 peer sent a frame of type {frame.Type} and length {frame.Length}, which is not acceptable");
            }

            var body = new byte[frame.Length];
            if (await transport.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, ct).ConfigureAwait(false) < body.Length)
            {
                return null;
            }

            switch (frame.Type)
            {
                case SpdyFrame.Data:
                    return new SpdyMessage(frame.StreamId, body, (frame.Flags & SpdyFrame.Fin) != 0);
                case SpdyFrame.SynReply when (frame.Flags & SpdyFrame.Fin) != 0 && body.Length >= 4:
                case SpdyFrame.RstStream when body.Length >= 4:
                    return new SpdyMessage(BinaryPrimitives.ReadUInt32BigEndian(body), default, true);
                case SpdyFrame.Ping when body.Length >= 4 && (body[3] & 1) == 0:
                    // Even ids are the server's own: answered with the same frame.
                    await WriteAsync([.. header, .. body], ct).ConfigureAwait(false);
                    break;
                case SpdyFrame.GoAway:
                    return null;
            }
        }

        return null;
    }

    public void Dispose() => writing.Dispose();

    private async Task WriteAsync(byte[] frame, CancellationToken ct)
    {
        await writing.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            await transport.WriteAsync(frame, ct).ConfigureAwait(false);
        }
        finally
        {
            writing.Release();
        }
    }
}
