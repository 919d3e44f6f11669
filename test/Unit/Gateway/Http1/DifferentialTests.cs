using System.Net;
using System.Text;
using Vitrine.Gateway.Forwarding.Http1;
using Xunit;

namespace Vitrine.Unit.Gateway.Http1;

/// <summary>What our reader of answers takes, HttpClient takes for the same.</summary>
public sealed class DifferentialTests
{
    private static readonly string[] Seeds =
    [
        "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n1\r\n!\r\n0\r\n\r\n",
        "HTTP/1.0 404 Not Found\r\nConnection: close\r\nX: y\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\nrest",
        "HTTP/1.1 200\nContent-Length: 2\n\nok",
        "HTTP/1.1 304 Not Modified\r\nETag: \"\xe9\"\r\nX:\t \r\n\r\nffffffff\r\nxx\r\n",
    ];

    private static readonly string[] Tokens = ["\r\n", "\n", "\r", " ", "\t", ":", ";", ",", "0", "1", "f", "\0", "\x7f", "\x85", "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "HTTP/1.1 ", "chunked", "close", "-", "+"];

    [Fact]
    public async Task Both_read_the_same_or_one_refuses()
    {
        var random = new Random(4711);
        var (taken, refused) = (0, 0);
        for (var i = 0; i < 6000; i++)
        {
            var answer = Mutated(random);
            var ours = Ours(Encoding.Latin1.GetBytes(answer));
            if (ours is null)
            {
                refused++;
                continue;
            }
            taken++;
            if (await TheirsAsync(Encoding.Latin1.GetBytes(answer)) is { } theirs)
                Assert.True(theirs == ours, $"of {Show(answer)} we read {Show(ours)}, HttpClient {Show(theirs)}");
        }
        // A comparison of nothing would be none.
        Assert.True(taken > 1000 && refused > 1000, $"{taken} taken, {refused} refused");
    }

    private static string Mutated(Random random)
    {
        var text = Seeds[random.Next(Seeds.Length)];
        for (var i = random.Next(4); i > 0; i--)
        {
            var (at, token) = (random.Next(text.Length + 1), Tokens[random.Next(Tokens.Length)]);
            text = random.Next(3) switch
            {
                0 => text.Insert(at, token),
                1 => text.Remove(at, Math.Min(random.Next(4), text.Length - at)),
                _ => text.Remove(at, Math.Min(token.Length, text.Length - at)).Insert(at, token),
            };
        }
        return text;
    }

    // Null: refused, or cut short.
    private static string? Ours(byte[] answer)
    {
        try
        {
            var head = new ResponseHead();
            if (!head.TryRead(answer) || head.Status < 200)
                return null;
            var rest = answer[head.Length..];
            var body = head.Status is 204 or 304 ? "" : head.Chunked ? Chunks(rest)
                : head.ContentLength is { } length ? length <= rest.Length ? Encoding.Latin1.GetString(rest[..(int)length]) : null
                : Encoding.Latin1.GetString(rest);
            if (body is null)
                return null;
            var lines = head.Lines.ToArray().Select(l => (Name: Encoding.Latin1.GetString(l.Name(answer)), Value: Encoding.Latin1.GetString(l.Value(answer)))).Where(l => IsCompared(l.Name)).Select(l => $"{l.Name.ToLowerInvariant()}={l.Value}");
            return $"{head.Status}|{string.Join('|', lines.Order(StringComparer.Ordinal))}|{body}";
        }
        catch (BadAnswer)
        {
            return null;
        }
    }

    private static string? Chunks(byte[] bytes)
    {
        var (chunks, body) = (new ChunkReader(), new StringBuilder());
        while (chunks.TryRead(bytes, out var read, out var part))
        {
            body.Append(Encoding.Latin1.GetString(part));
            bytes = bytes[read..];
        }
        return chunks.IsDone ? body.ToString() : null;
    }

    private static async Task<string?> TheirsAsync(byte[] answer)
    {
        using var client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1,
            ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(new Canned(answer)),
        });
        try
        {
            using var got = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "http://a/"), default);
            var body = Encoding.Latin1.GetString(await got.Content.ReadAsByteArrayAsync());
            var lines = got.Headers.NonValidated.Concat(got.Content.Headers.NonValidated).Where(h => IsCompared(h.Key)).SelectMany(h => h.Value.Select(v => $"{h.Key.ToLowerInvariant()}={v}"));
            return $"{(int)got.StatusCode}|{string.Join('|', lines.Order(StringComparer.Ordinal))}|{body}";
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return null;
        }
    }

    // HttpClient has taken these apart, or made a number of them; what they mean shows in the body.
    private static bool IsCompared(string name) => name.ToUpperInvariant() is not ("CONNECTION" or "TRANSFER-ENCODING" or "CONTENT-LENGTH");

    private static string Show(string text) => text.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\0", "\\0", StringComparison.Ordinal);

    /// <summary>Says what it has to say and ends; takes anything.</summary>
    private sealed class Canned(byte[] answer) : MemoryStream(answer, writable: false)
    {
        public override bool CanWrite => true;

        public override void Write(byte[] buffer, int offset, int count)
        {
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.CompletedTask;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;
    }
}
