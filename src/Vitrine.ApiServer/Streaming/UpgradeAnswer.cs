using System.Globalization;
using System.Text;
using Vitrine.ApiServer.Errors;

namespace Vitrine.ApiServer.Streaming;

/// <summary>The head of an agent's answer to an upgrade, and the bytes that came with it.</summary>
/// <param name="Rest">For 101 the first bytes of the stream, otherwise the body.</param>
internal sealed record UpgradeAnswer(int Code, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Rest)
{
    private const int HeadLimit = 32 << 10;

    /// <summary>Throws a 500 for an answer that is not HTTP or whose head is too long.</summary>
    public static async Task<UpgradeAnswer> ReadAsync(Stream agent, CancellationToken ct)
    {
        byte[] buffer = new byte[HeadLimit];
        int length = 0;
        int end;
        while ((end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            int read = length < buffer.Length ? await agent.ReadAsync(buffer.AsMemory(length), ct) : 0;
            if (read == 0)
            {
                throw Fault();
            }

            length += read;
        }

        string[] lines = Encoding.Latin1.GetString(buffer, 0, end).Split("\r\n");
        string[] status = lines[0].Split(' ', 3);
        if (status.Length < 2 || !status[0].StartsWith("HTTP/1.", StringComparison.Ordinal) || !int.TryParse(status[1], NumberStyles.None, CultureInfo.InvariantCulture, out int code))
        {
            throw Fault();
        }

        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        foreach (string line in lines.AsSpan(1))
        {
            int colon = line.IndexOf(':');
            if (colon > 0)
            {
                headers[line[..colon]] = line[(colon + 1)..].Trim();
            }
        }

        if (code != 101)
        {
            length = await ReadBodyAsync(agent, buffer, end + 4, length, headers, ct);
        }

        return new UpgradeAnswer(code, headers, Body(buffer.AsMemory((end + 4)..length), code, headers));
    }

    private static async Task<int> ReadBodyAsync(Stream agent, byte[] buffer, int from, int length, Dictionary<string, string> headers, CancellationToken ct)
    {
        int wanted = headers.TryGetValue("Content-Length", out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int announced)
            ? Math.Min(buffer.Length - from, announced)
            : buffer.Length - from;
        bool chunked = headers.ContainsKey("Transfer-Encoding");
        while (length - from < wanted && !(chunked && buffer.AsSpan(from, length - from).EndsWith("0\r\n\r\n"u8)))
        {
            int read = await agent.ReadAsync(buffer.AsMemory(length), ct);
            if (read == 0)
            {
                break;
            }

            length += read;
        }

        return length;
    }

    private static ReadOnlyMemory<byte> Body(ReadOnlyMemory<byte> raw, int code, Dictionary<string, string> headers)
    {
        if (code == 101 || !headers.ContainsKey("Transfer-Encoding"))
        {
            return raw;
        }

        using MemoryStream plain = new();
        ReadOnlySpan<byte> rest = raw.Span;
        while (rest.IndexOf("\r\n"u8) is > 0 and var line
            && int.TryParse(Encoding.ASCII.GetString(rest[..line]), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int size)
            && size > 0 && size <= rest.Length - line - 2)
        {
            plain.Write(rest.Slice(line + 2, size));
            rest = rest[Math.Min(rest.Length, line + 2 + size + 2)..];
        }

        return plain.ToArray();
    }

    private static ApiException Fault() => new(500, "InternalError", "error dialing backend: the node agent's answer to the upgrade is not HTTP/1.1");
}
