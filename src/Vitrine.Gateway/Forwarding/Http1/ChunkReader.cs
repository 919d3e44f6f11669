using System.Runtime.InteropServices;

namespace Vitrine.Gateway.Forwarding.Http1;

/// <summary>A chunked body (RFC 9112 §7.1), piece by piece as it arrives. Lines end in CR LF and nothing else.</summary>
internal sealed class ChunkReader
{
    private readonly List<FieldLine> trailers = [];
    private State state;
    private long left;

    private enum State
    {
        Size,
        Bytes,
        End,
        Trailers,
        Done,
    }

    /// <summary>The body is over, its trailers included.</summary>
    public bool IsDone => state == State.Done;

    public void Clear()
    {
        trailers.Clear();
        (state, left) = (State.Size, 0);
    }

    /// <summary>Reads on; false where more must come first. Throws <see cref="BadAnswer"/>.</summary>
    /// <param name="bytes">not read yet</param>
    /// <param name="read">of them; they are not to be shown again</param>
    /// <param name="body">what of them is body: maybe nothing</param>
    public bool TryRead(ReadOnlySpan<byte> bytes, out int read, out ReadOnlySpan<byte> body)
    {
        read = 0;
        body = default;
        switch (state)
        {
            case State.Size:
                if (!TryLine(bytes, 0, out var end))
                    return false;
                left = Size(bytes[..end]);
                state = left == 0 ? State.Trailers : State.Bytes;
                read = end + 2;
                return true;
            case State.Bytes:
                read = (int)Math.Min(left, bytes.Length);
                body = bytes[..read];
                left -= read;
                if (left == 0)
                    state = State.End;
                return read > 0;
            case State.End:
                if (bytes.Length < 2)
                    return false;
                if (!bytes.StartsWith("\r\n"u8))
                    throw new BadAnswer("a chunk is longer than it says");
                (state, read) = (State.Size, 2);
                return true;
            case State.Trailers:
                return TryTrailers(bytes, out read);
            default:
                return false;
        }
    }

    /// <summary>Once it is done: the trailers among the bytes that were read last.</summary>
    public ReadOnlySpan<FieldLine> Trailers => CollectionsMarshal.AsSpan(trailers);

    private bool TryTrailers(ReadOnlySpan<byte> bytes, out int read)
    {
        read = 0;
        trailers.Clear();
        for (var at = 0; TryLine(bytes, at, out var end); at = end + 2)
        {
            if (end == at)
            {
                (state, read) = (State.Done, end + 2);
                return true;
            }
            trailers.Add(FieldLine.Read(bytes, at, end));
        }
        return bytes.Length < ResponseHead.Longest ? false : throw new BadAnswer($"trailers are longer than {ResponseHead.Longest} bytes");
    }

    // False: the line is not all there.
    private static bool TryLine(ReadOnlySpan<byte> bytes, int start, out int end)
    {
        var feed = bytes[start..].IndexOf((byte)'\n');
        end = start + feed - 1;
        if (feed < 0)
            return bytes.Length < ResponseHead.Longest ? false : throw new BadAnswer("a line between chunks has no end");
        if (feed == 0 || bytes[end] != '\r')
            throw new BadAnswer("a line between chunks ends in a lone LF");
        return true;
    }

    // Extensions mean nothing to anybody and go no further.
    private static long Size(ReadOnlySpan<byte> line)
    {
        FieldLine.RefuseControls(line);
        var digits = line.IndexOfAny(" \t;"u8) is >= 0 and var i ? line[..i] : line;
        if (line[digits.Length..].Trim(" \t"u8) is { IsEmpty: false } extension && extension[0] != ';')
            throw new BadAnswer("a chunk's size is no number");
        long size = 0;
        foreach (var digit in digits)
        {
            var value = digit switch { >= (byte)'0' and <= (byte)'9' => digit - '0', >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10, >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10, _ => -1 };
            if (value < 0)
                throw new BadAnswer("a chunk's size is no number");
            size = size << 4 | (long)value;
        }
        return digits.Length is > 0 and < 16 ? size : throw new BadAnswer("a chunk's size is no number");
    }
}
