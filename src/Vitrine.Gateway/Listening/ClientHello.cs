using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using System.Text;

namespace Vitrine.Gateway.Listening;

/// <summary>The server name in the first message of TLS (RFC 8446 §4.1.2, RFC 6066 §3), read and left where it is.</summary>
internal static class ClientHello
{
    private const int Longest = 16 << 10;

    /// <summary>Empty where the client names none. Throws <see cref="ProtocolViolationException"/> for what is no TLS.</summary>
    public static async ValueTask<string> ServerNameAsync(PipeReader input, CancellationToken ct)
    {
        while (true)
        {
            var read = await input.ReadAsync(ct).ConfigureAwait(false);
            if (Judge(read.Buffer) is { } name)
            {
                input.AdvanceTo(read.Buffer.Start);
                return name;
            }
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
                throw new ProtocolViolationException("the connection ended within its TLS greeting");
        }
    }

    /// <summary>Null: more must be read.</summary>
    internal static string? Judge(ReadOnlySequence<byte> buffer)
    {
        var bytes = buffer.Slice(0, Math.Min(buffer.Length, Longest)).ToArray().AsSpan();
        // A greeting may be spread over several records; their bodies are put together first.
        var hello = new byte[bytes.Length];
        var have = 0;
        while (true)
        {
            if (bytes.Length > 0 && bytes[0] != 22 || bytes.Length > 1 && bytes[1] != 3)
                throw new ProtocolViolationException("no TLS greeting where one is asked for");
            if (bytes.Length < 5)
                break;
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]);
            var part = bytes[5..Math.Min(bytes.Length, 5 + length)];
            part.CopyTo(hello.AsSpan(have));
            have += part.Length;
            if (length == 0 || have >= 1 && hello[0] != 1)
                throw new ProtocolViolationException("no TLS greeting where one is asked for");
            if (have >= 4 && have >= 4 + (hello[1] << 16 | hello[2] << 8 | hello[3]))
                return Name(hello.AsSpan(4, hello[1] << 16 | hello[2] << 8 | hello[3]));
            if (bytes.Length <= 5 + length)
                break;
            bytes = bytes[(5 + length)..];
        }
        return buffer.Length < Longest ? null : throw new ProtocolViolationException("a TLS greeting longer than 16 KiB");
    }

    private static string Name(ReadOnlySpan<byte> body)
    {
        // version and random; session id; cipher suites; compression methods; extensions
        if (!Skip(ref body, 34) || !SkipVector(ref body, 1) || !SkipVector(ref body, 2) || !SkipVector(ref body, 1) || body.Length < 2)
            return "";
        body = body[2..];
        while (body.Length >= 4)
        {
            var (type, length) = (BinaryPrimitives.ReadUInt16BigEndian(body), BinaryPrimitives.ReadUInt16BigEndian(body[2..]));
            if (body.Length < 4 + length)
                break;
            var extension = body.Slice(4, length);
            if (type == 0 && extension.Length >= 5 && extension[2] == 0 && BinaryPrimitives.ReadUInt16BigEndian(extension[3..]) is var size && extension.Length >= 5 + size)
                return Encoding.ASCII.GetString(extension.Slice(5, size)).ToLowerInvariant();
            body = body[(4 + length)..];
        }
        return "";
    }

    private static bool Skip(ref ReadOnlySpan<byte> body, int length)
    {
        if (body.Length < length)
            return false;
        body = body[length..];
        return true;
    }

    private static bool SkipVector(ref ReadOnlySpan<byte> body, int prefix) =>
        body.Length >= prefix && Skip(ref body, prefix + (prefix == 1 ? body[0] : BinaryPrimitives.ReadUInt16BigEndian(body)));
}
