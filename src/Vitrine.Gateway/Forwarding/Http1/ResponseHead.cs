using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;

namespace Vitrine.Gateway.Forwarding.Http1;

/// <summary>
/// Status line and headers of a backend's answer (RFC 9112 §4–6), read as they arrive and used again for the next. It takes less than it might: one length or one
/// coding, no folded lines. Lines may end in a lone LF only if all of them do, as handwritten servers do it; one among others is somebody's injection.
/// </summary>
internal sealed class ResponseHead
{
    /// <summary>Of a head in bytes; nginx takes less.</summary>
    public const int Longest = 64 << 10;

    private readonly List<FieldLine> lines = [];
    private int at;
    private bool began, old, close, keep;

    public int Status { get; private set; }

    public Range Reason { get; private set; }

    /// <summary>All headers; offsets are into what <see cref="TryRead"/> was given last.</summary>
    public ReadOnlySpan<FieldLine> Lines => CollectionsMarshal.AsSpan(lines);

    public long? ContentLength { get; private set; }

    public bool Chunked { get; private set; }

    /// <summary>Some header is of this connection alone, as the Connection header says.</summary>
    public bool Nominates { get; private set; }

    /// <summary>Its lines end in a lone LF.</summary>
    public bool Handwritten { get; private set; }

    /// <summary>The backend takes another request on this connection (RFC 9112 §9.3).</summary>
    public bool KeepsOpen => !close && (!old || keep) && !Handwritten;

    /// <summary>In bytes, once it is read.</summary>
    public int Length => at;

    public void Clear()
    {
        lines.Clear();
        (at, Status, ContentLength) = (0, 0, null);
        began = old = close = keep = Chunked = Nominates = Handwritten = false;
    }

    /// <summary>True where it ends within these bytes; false, come again with more behind them. Throws <see cref="BadAnswer"/>.</summary>
    /// <param name="bytes">from the answer's first on</param>
    public bool TryRead(ReadOnlySpan<byte> bytes)
    {
        while (bytes[at..].IndexOf((byte)'\n') is >= 0 and var feed)
        {
            var (start, end) = (at, at + feed);
            var lone = feed == 0 || bytes[end - 1] != '\r';
            at = end + 1;
            if (began && lone != Handwritten)
                throw new BadAnswer("lines end in CR LF and in LF");
            if (!lone)
                end--;
            if (!began)
            {
                (began, Handwritten) = (true, lone);
                ReadStatus(bytes, start, end);
            }
            else if (start == end)
            {
                Judge();
                return at <= Longest ? true : throw TooLong();
            }
            else
            {
                ReadHeader(bytes, FieldLine.Read(bytes, start, end));
            }
        }
        return bytes.Length < Longest ? false : throw TooLong();
    }

    private static BadAnswer TooLong() => new($"headers are longer than {Longest} bytes");

    private void ReadStatus(ReadOnlySpan<byte> bytes, int start, int end)
    {
        var line = bytes[start..end];
        FieldLine.RefuseControls(line);
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || line[7] is not ((byte)'0' or (byte)'1') || line[8] != ' '
            || line[9..12].ContainsAnyExceptInRange((byte)'0', (byte)'9') || line[9] == '0' || line.Length > 12 && line[12] != ' ')
            throw new BadAnswer("the first line is no status line");
        (old, Status, Reason) = (line[7] == '0', (line[9] - '0') * 100 + (line[10] - '0') * 10 + line[11] - '0', Math.Min(start + 13, end)..end);
    }

    private void ReadHeader(ReadOnlySpan<byte> bytes, FieldLine line)
    {
        lines.Add(line);
        switch (line.NameEnd - line.NameStart)
        {
            case 10 when Ascii.EqualsIgnoreCase(line.Name(bytes), "Connection"u8):
                ReadConnection(line.Value(bytes));
                break;
            case 14 when Ascii.EqualsIgnoreCase(line.Name(bytes), "Content-Length"u8):
                var text = line.Value(bytes);
                if (ContentLength is not null || text.Length is 0 or > 18 || text.ContainsAnyExceptInRange((byte)'0', (byte)'9') || !Utf8Parser.TryParse(text, out long value, out _))
                    throw new BadAnswer("Content-Length is no number, or comes twice");
                ContentLength = value;
                break;
            case 17 when Ascii.EqualsIgnoreCase(line.Name(bytes), "Transfer-Encoding"u8):
                if (Chunked || !Ascii.EqualsIgnoreCase(line.Value(bytes), "chunked"u8))
                    throw new BadAnswer("Transfer-Encoding is not chunked alone");
                Chunked = true;
                break;
        }
    }

    private void ReadConnection(ReadOnlySpan<byte> value)
    {
        foreach (var part in value.Split((byte)','))
        {
            var token = value[part].Trim(" \t"u8);
            if (Ascii.EqualsIgnoreCase(token, "close"u8))
                close = true;
            else if (Ascii.EqualsIgnoreCase(token, "keep-alive"u8))
                keep = true;
            else
                Nominates |= !token.IsEmpty;
        }
    }

    // RFC 9112 §6.1, §6.3: who sends both lengths, or a coding that its version does not have, hides something.
    private void Judge()
    {
        if (Chunked && ContentLength is not null)
            throw new BadAnswer("there are Content-Length and Transfer-Encoding");
        if (Chunked && old)
            throw new BadAnswer("there is Transfer-Encoding in HTTP/1.0");
    }

    /// <summary>The Connection header says that this one is of its connection alone.</summary>
    public bool IsNominated(ReadOnlySpan<byte> bytes, FieldLine line)
    {
        foreach (var other in Lines)
        {
            if (!Ascii.EqualsIgnoreCase(other.Name(bytes), "Connection"u8))
                continue;
            var value = other.Value(bytes);
            foreach (var part in value.Split((byte)','))
                if (Ascii.EqualsIgnoreCase(value[part].Trim(" \t"u8), line.Name(bytes)))
                    return true;
        }
        return false;
    }
}
