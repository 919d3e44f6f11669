using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Vitrine.Gateway.Forwarding.Http1;

/// <summary>A request's line and headers as bytes (RFC 9112 §3, §5), each byte of a value as it came.</summary>
internal ref struct RequestHead
{
    private byte[] bytes;
    private int at;

    /// <summary>How many bytes there are. Throws <see cref="BadHttpRequestException"/> for what HTTP/1.1 cannot say.</summary>
    /// <param name="request">whose head it is</param>
    /// <param name="into">rented; given back for a longer one where it is too short</param>
    public static int Write(OutgoingRequest request, ref byte[] into)
    {
        var head = new RequestHead { bytes = into };
        try
        {
            head.Write(request);
            return head.at;
        }
        finally
        {
            into = head.bytes;
        }
    }

    private void Write(OutgoingRequest request)
    {
        if (Text(request.Method).ContainsAnyExcept(FieldLine.Token))
            throw new BadHttpRequestException("the method is none");
        Raw(" "u8);
        Value(request.Target);
        Raw(" HTTP/1.1\r\nHost: "u8);
        Value(request.Host);
        foreach (var (name, value) in request.Lines)
        {
            Raw("\r\n"u8);
            // A header with a name that is none could be read by nobody.
            if (Text(name) is var written && (written.IsEmpty || written.ContainsAnyExcept(FieldLine.Token)))
            {
                at -= written.Length + 2;
                continue;
            }
            Raw(": "u8);
            Value(value);
        }
        // RFC 9110 §8.6: a length of nothing is said for methods that usually have a body.
        if (request.HasBody && request.Length is null)
            Raw("\r\nTransfer-Encoding: chunked"u8);
        else if (request.HasBody || request.Length == 0 || !IsUsuallyBare(request.Method))
            Length(request.HasBody ? request.Length!.Value : 0);
        Raw("\r\n\r\n"u8);
    }

    private static bool IsUsuallyBare(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsDelete(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);

    private void Length(long length)
    {
        Raw("\r\nContent-Length: "u8);
        Grow(20);
        Utf8Formatter.TryFormat(length, bytes.AsSpan(at), out var digits);
        at += digits;
    }

    private void Value(string value)
    {
        if (Text(value).IndexOfAny((byte)'\r', (byte)'\n', (byte)0) >= 0)
            throw new BadHttpRequestException("a header has the end of a line in it");
    }

    private ReadOnlySpan<byte> Text(string text)
    {
        Grow(text.Length);
        var written = bytes.AsSpan(at, Encoding.Latin1.GetBytes(text, bytes.AsSpan(at)));
        at += written.Length;
        return written;
    }

    private void Raw(ReadOnlySpan<byte> raw)
    {
        Grow(raw.Length);
        raw.CopyTo(bytes.AsSpan(at));
        at += raw.Length;
    }

    private void Grow(int by)
    {
        if (bytes.Length - at >= by)
            return;
        var longer = ArrayPool<byte>.Shared.Rent(2 * (at + by));
        bytes.AsSpan(0, at).CopyTo(longer);
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = longer;
    }
}
