using System.Buffers;
using System.IO.Pipelines;

namespace Vitrine.Gateway.Listening;

/// <summary>Tells HTTP/2 by prior knowledge (RFC 9113 §3.3) from HTTP/1 by a connection's first bytes, and leaves them unread.</summary>
internal static class Http2Preface
{
    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Null where the client closes before it can be said.</summary>
    public static async ValueTask<bool?> IsNextAsync(PipeReader input, CancellationToken ct)
    {
        while (true)
        {
            var read = await input.ReadAsync(ct).ConfigureAwait(false);
            var verdict = Judge(read.Buffer);
            if (verdict is not null)
            {
                input.AdvanceTo(read.Buffer.Start);
                return verdict;
            }
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
                return read.Buffer.IsEmpty ? null : false;
        }
    }

    /// <summary>Null: more must be read.</summary>
    internal static bool? Judge(ReadOnlySequence<byte> start)
    {
        var length = (int)Math.Min(start.Length, Preface.Length);
        Span<byte> bytes = stackalloc byte[Preface.Length];
        start.Slice(0, length).CopyTo(bytes);
        return !Preface.StartsWith(bytes[..length]) ? false : length == Preface.Length ? true : null;
    }
}
