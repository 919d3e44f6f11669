using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Text;

namespace Vitrine.Gateway.Listening;

/// <summary>The PROXY protocol's header, versions 1 and 2 (haproxy, doc/proxy-protocol.txt): whom a load balancer carries.</summary>
internal static class ProxyHeader
{
    private const int LongestV1 = 107;

    private static ReadOnlySpan<byte> SignatureV2 => [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    /// <summary>Reads it off a connection. Null where the balancer speaks for itself (LOCAL, UNKNOWN). Throws <see cref="ProtocolViolationException"/> where there is none.</summary>
    public static async ValueTask<IPEndPoint?> ReadAsync(PipeReader input, CancellationToken ct)
    {
        while (true)
        {
            var read = await input.ReadAsync(ct).ConfigureAwait(false);
            if (TryRead(read.Buffer, out var source, out var length))
            {
                input.AdvanceTo(read.Buffer.GetPosition(length));
                return source;
            }
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
                throw new ProtocolViolationException("the connection ended within its PROXY header");
        }
    }

    /// <summary>False: more must be read.</summary>
    internal static bool TryRead(ReadOnlySequence<byte> buffer, out IPEndPoint? source, out int length)
    {
        Span<byte> start = stackalloc byte[16 + 36];
        var have = (int)Math.Min(buffer.Length, start.Length);
        buffer.Slice(0, have).CopyTo(start);
        source = null;
        length = 0;
        if (have == 0)
            return false;
        return start[0] == (byte)'P' ? TryReadV1(buffer, out source, out length) : TryReadV2(start[..have], buffer.Length, out source, out length);
    }

    private static bool TryReadV1(ReadOnlySequence<byte> buffer, out IPEndPoint? source, out int length)
    {
        Span<byte> line = stackalloc byte[LongestV1];
        var have = (int)Math.Min(buffer.Length, LongestV1);
        buffer.Slice(0, have).CopyTo(line);
        var end = line[..have].IndexOf("\r\n"u8);
        source = null;
        length = end + 2;
        if (!"PROXY "u8.StartsWith(line[..Math.Min(have, 6)]) && !line[..have].StartsWith("PROXY "u8))
            throw new ProtocolViolationException("no PROXY header where one is asked for");
        if (end < 0)
            return have < LongestV1 ? false : throw new ProtocolViolationException("a PROXY header longer than 107 bytes");
        var parts = Encoding.ASCII.GetString(line[..end]).Split(' ');
        if (parts is ["PROXY", "UNKNOWN", ..])
            return true;
        if (parts is not ["PROXY", "TCP4" or "TCP6", var address, _, var port, _]
            || !IPAddress.TryParse(address, out var parsed) || !ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw new ProtocolViolationException("a PROXY header that cannot be read");
        source = new IPEndPoint(parsed, number);
        return true;
    }

    private static bool TryReadV2(ReadOnlySpan<byte> start, long available, out IPEndPoint? source, out int length)
    {
        source = null;
        length = 0;
        if (!SignatureV2.StartsWith(start[..Math.Min(start.Length, 12)]))
            throw new ProtocolViolationException("no PROXY header where one is asked for");
        if (start.Length < 16)
            return false;
        length = 16 + (start[14] << 8 | start[15]);
        if (start[12] >> 4 != 2 || (start[12] & 15) > 1)
            throw new ProtocolViolationException("a PROXY header of another version");
        if (length > 4096)
            throw new ProtocolViolationException("a PROXY header longer than 4 096 bytes");
        if (available < length)
            return false;
        if ((start[12] & 15) == 0)
            return true;
        source = (start[13] >> 4, length) switch
        {
            (1, >= 28) => new IPEndPoint(new IPAddress(start[16..20]), start[24] << 8 | start[25]),
            (2, >= 52) => new IPEndPoint(new IPAddress(start[16..32]), start[48] << 8 | start[49]),
            (1 or 2, _) => throw new ProtocolViolationException("a PROXY header too short for its addresses"),
            _ => null,
        };
        return true;
    }
}
