using System.Text;

namespace Vitrine.Unit.Gateway;

/// <summary>Requests that two servers in a row may read differently. Each hides a request for /smuggled where a lenient reader would find one.</summary>
internal static class SmugglingGrid
{
    private const string Hidden = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

    public static IEnumerable<(string Name, byte[] Bytes)> Cases => Texts.Select(c => (c.Name, Encoding.Latin1.GetBytes(c.Text)));

    private static IEnumerable<(string Name, string Text)> Texts
    {
        get
        {
            // Two lengths at once.
            yield return ("CL.TE", Post("Content-Length: 6\r\nTransfer-Encoding: chunked", "0\r\n\r\nG"));
            yield return ("CL.TE, hidden behind the last chunk", Post($"Content-Length: {5 + Hidden.Length}\r\nTransfer-Encoding: chunked", "0\r\n\r\n" + Hidden));
            yield return ("TE.CL", Post("Content-Length: 4\r\nTransfer-Encoding: chunked", $"{Hidden.Length:x}\r\n{Hidden}\r\n0\r\n\r\n"));
            // Codings that are chunked to some only; the length is the body's, so that whoever ignores the coding finds nothing hidden.
            foreach (var coding in new[] { "xchunked", "chunked, identity", "identity, chunked", "chunked\r\nTransfer-Encoding: x", "x\r\nTransfer-Encoding: chunked", "\x0bchunked", "\"chunked\"", "chunked;q=1", "chu\0nked", "chunked," })
                yield return ($"Transfer-Encoding: {Show(coding)}", Post($"Transfer-Encoding: {coding}\r\nContent-Length: {5 + Hidden.Length}", "0\r\n\r\n" + Hidden));
            foreach (var header in new[] { "Transfer-Encoding : chunked", "Transfer-Encoding\t: chunked", " Transfer-Encoding: chunked", "X: y\nTransfer-Encoding: chunked", "X: y\rTransfer-Encoding: chunked", "Transfer-Encoding\n: chunked", "Transfer-Encoding:\n chunked", "X: y\r\n\tTransfer-Encoding: chunked", "Transfer_Encoding: chunked" })
                yield return (Show(header), Post($"{header}\r\nContent-Length: {5 + Hidden.Length}", "0\r\n\r\n" + Hidden));
            // Lengths that are none, or several.
            foreach (var length in new[] { "0\r\nContent-Length: " + Hidden.Length, Hidden.Length + "\r\nContent-Length: 0", $"0, {Hidden.Length}", "+0", "-1", "0x0", "0 0", "", "0\r\n 1", "99999999999999999999", "1e1", "\x0b0", "0;", "٠" })
                yield return ($"Content-Length: {Show(length)}", Post($"Content-Length: {length}", Hidden));
            yield return ("Content-Length : 0", Post($"Content-Length : {Hidden.Length}", Hidden));
            yield return ("Content-Length with a bare LF before it", Post($"X: y\nContent-Length: {Hidden.Length}", Hidden));
            // Chunks.
            foreach (var size in new[] { "0x5", "+5", "-5", " 5", "5 ;", "5_0", "", "g", "ffffffffffffffff5", "100000005", "5\0", "5;a=\"\n\"", "5;\nx", "5;a\n", "5;a\rb", "5\n", "5\r", ";5" })
                yield return ($"chunk size {Show(size)}", Post("Transfer-Encoding: chunked", $"{size}\r\nhello\r\n0\r\n\r\n" + Hidden));
            yield return ("newline in a chunk extension, CVE-2025-55315", Post("Transfer-Encoding: chunked", $"2;\nxx\r\n{Hidden.Length:x}\r\n0\r\n\r\n{Hidden}0\r\n\r\n"));
            yield return ("newline in the last chunk's extension", Post("Transfer-Encoding: chunked", "0;\n\r\n\r\n" + Hidden));
            yield return ("chunk longer than said", Post("Transfer-Encoding: chunked", "2\r\nhello\r\n0\r\n\r\n" + Hidden));
            yield return ("chunk without its end of line", Post("Transfer-Encoding: chunked", "5\r\nhello0\r\n\r\n" + Hidden));
            yield return ("chunk ended by a bare LF", Post("Transfer-Encoding: chunked", "5\r\nhello\n0\r\n\r\n" + Hidden));
            yield return ("last chunk ended by bare LFs", Post("Transfer-Encoding: chunked", "5\r\nhello\r\n0\n\n" + Hidden));
            yield return ("trailer folded", Post("Transfer-Encoding: chunked", "0\r\nX: y\r\n z\r\n\r\n" + Hidden));
            yield return ("trailer without a colon", Post("Transfer-Encoding: chunked", "0\r\nGET /smuggled HTTP/1.1\r\n\r\n" + Hidden));
            // Hosts.
            foreach (var host in new[] { "a\r\nHost: b", "a, b", "a b", "a/b", "a@b", "a\tb", "a\0", "a:80:80", "a:x", "[::1", "a\r\n b" })
                yield return ($"Host: {Show(host)}", $"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
            yield return ("no Host", "GET / HTTP/1.1\r\n\r\n");
            yield return ("another authority than Host", "GET http://b/smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
            // Lines.
            yield return ("bare LFs throughout", "GET / HTTP/1.1\nHost: a\n\n" + Hidden);
            yield return ("bare LF before the headers' end", "POST / HTTP/1.1\r\nHost: a\r\n\n" + Hidden);
            yield return ("bare CR in a header", "GET / HTTP/1.1\r\nHost: a\r\nX: y\rGET /smuggled HTTP/1.1\r\n\r\n");
            yield return ("obs-fold", "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n");
            yield return ("header before the request line folded", "GET / HTTP/1.1\r\n X: y\r\nHost: a\r\n\r\n");
            yield return ("NUL in a header", "GET / HTTP/1.1\r\nHost: a\r\nX: y\0z\r\n\r\n");
            yield return ("space in a header's name", "GET / HTTP/1.1\r\nHost: a\r\nX Y: z\r\n\r\n");
            yield return ("header without a colon", "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n");
            yield return ("header without a name", "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n");
            yield return ("two spaces in the request line", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n");
            yield return ("tab in the request line", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n");
            yield return ("space in the target", "GET /a /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
            foreach (var version in new[] { "HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "HTTP/1.10", "http/1.1", "HTTP/1", "" })
                yield return ($"version {version}", $"GET /smuggled {version}\r\nHost: a\r\n\r\n");
            yield return ("chunked in HTTP/1.0", $"POST / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\nContent-Length: {5 + Hidden.Length}\r\n\r\n0\r\n\r\n" + Hidden);
            yield return ("a body where none is expected", $"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: {Hidden.Length}\r\n\r\n{Hidden}");
            yield return ("a TE of this connection's declared away", Post("Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked", $"{Hidden.Length:x}\r\n{Hidden}\r\n0\r\n\r\n"));
            yield return ("a length declared away", Post($"Connection: Content-Length\r\nContent-Length: {Hidden.Length}", Hidden));
            yield return ("h2c upgrade", "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nContent-Length: 0\r\n\r\n");
            yield return ("expectation of another kind", Post($"Expect: 100-continued\r\nContent-Length: {Hidden.Length}", Hidden));
        }
    }

    private static string Post(string headers, string body) => $"POST / HTTP/1.1\r\nHost: a\r\n{headers}\r\n\r\n{body}";

    private static string Show(string text) => text.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal).Replace("\0", "\\0", StringComparison.Ordinal).Replace("\x0b", "\\v", StringComparison.Ordinal);
}
