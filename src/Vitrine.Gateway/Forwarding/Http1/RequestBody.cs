using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace Vitrine.Gateway.Forwarding.Http1;

/// <summary>Carries a client's body to a backend, as long as it said, or in chunks.</summary>
internal sealed class RequestBody(PipeReader from, long? length, BackendConnection to)
{
    /// <summary>At most so many bytes go at once.</summary>
    public const int Piece = 16 << 10;

    // A chunk's size before it, the end of its line behind it, the last chunk.
    private const int Framing = 32;
    private long sent;

    /// <summary>Why the client's body could not be read to its end.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>The backend has been sent all of it.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Until all is sent, or the backend takes no more, or the client fails: then the connection is of no use and is ended. Throws nothing of all that.</summary>
    /// <param name="buffer">of its own until the end</param>
    /// <param name="filled">what of it goes first: the head, if it was not sent yet</param>
    public async Task SendAsync(byte[] buffer, int filled)
    {
        try
        {
            while (!IsDone)
            {
                if (!from.TryRead(out var read))
                {
                    // What is there goes while the client thinks.
                    await to.SendAsync(buffer.AsMemory(0, filled)).ConfigureAwait(false);
                    filled = 0;
                    read = await from.ReadAsync().ConfigureAwait(false);
                }
                if (read.IsCanceled)
                {
                    from.AdvanceTo(read.Buffer.Start);
                    return;
                }
                var part = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, Math.Max(0, buffer.Length - filled - Framing)));
                var last = read.IsCompleted && part.Length == read.Buffer.Length;
                filled = Append(buffer, filled, part, last);
                sent += part.Length;
                from.AdvanceTo(part.End);
                if (last && length is { } said && said != sent)
                    throw new IOException($"the body has {sent} bytes and not {said}");
                if (last || buffer.Length - filled < 2 * Framing)
                {
                    await to.SendAsync(buffer.AsMemory(0, filled)).ConfigureAwait(false);
                    filled = 0;
                }
                IsDone = last;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The backend takes no more: its answer says why, if there is one.
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            Failure = e;
            to.Abort();
        }
    }

    private int Append(byte[] buffer, int filled, ReadOnlySequence<byte> part, bool last)
    {
        if (length is null && !part.IsEmpty)
        {
            Utf8Formatter.TryFormat(part.Length, buffer.AsSpan(filled), out var digits, 'x');
            filled += digits;
            filled = Put(buffer, filled, "\r\n"u8);
        }
        part.CopyTo(buffer.AsSpan(filled));
        filled += (int)part.Length;
        if (length is null && !part.IsEmpty)
            filled = Put(buffer, filled, "\r\n"u8);
        return length is null && last ? Put(buffer, filled, "0\r\n\r\n"u8) : filled;
    }

    private static int Put(byte[] buffer, int filled, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(buffer.AsSpan(filled));
        return filled + bytes.Length;
    }
}
