using System.Text;
using Vitrine.Gateway.Forwarding.Http1;

namespace Vitrine.Fuzz;

/// <summary>Answers of backends: whatever they are and in whatever pieces they come, they are read in one way or refused.</summary>
internal static class Http1Fuzz
{
    public static string[] Seeds { get; } =
    [
        "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nX: 1\r\n\r\n",
        "HTTP/1.0 404 Not Found\r\nConnection: close, X\r\nX: y\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\nrest",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nContent-Length : 0\r\n\r\n",
        "HTTP/1.1 200\nContent-Length: 2\n\nok",
        "HTTP/1.1 304 Not Modified\r\nETag: \"\xe9\"\r\nX:\t \r\n\r\nffffffff\r\nxx\r\n",
    ];

    public static void Parse(byte[] input)
    {
        var whole = Read(input, int.MaxValue);
        foreach (var piece in (int[])[1, 7])
            if (Read(input, piece) is var again && again != whole)
                throw new InvalidOperationException($"in pieces of {piece}: {again}\nwhole: {whole}");
    }

    private static string Read(byte[] input, int piece)
    {
        var text = new StringBuilder();
        try
        {
            var head = new ResponseHead();
            var have = 0;
            bool complete;
            while (!(complete = head.TryRead(input.AsSpan(0, have))) && have < input.Length)
                have = (int)Math.Min((long)have + piece, input.Length);
            if (!complete)
                return "more";
            text.Append(head.Status).Append(Encoding.Latin1.GetString(input[head.Reason]));
            foreach (var line in head.Lines)
                text.Append(Encoding.Latin1.GetString(line.Name(input))).Append('=').Append(Encoding.Latin1.GetString(line.Value(input))).Append(head.IsNominated(input, line));
            text.Append(head.ContentLength).Append(head.Chunked).Append(head.KeepsOpen).Append(head.Nominates).Append(head.Length);
            if (head.Chunked)
                ReadChunks(input, head.Length, piece, text);
        }
        catch (BadAnswer)
        {
            text.Append("refused");
        }
        return text.ToString();
    }

    private static void ReadChunks(byte[] input, int start, int piece, StringBuilder text)
    {
        var chunks = new ChunkReader();
        for (var end = start; !chunks.IsDone;)
        {
            while (chunks.TryRead(input.AsSpan(start, end - start), out var read, out var body))
            {
                text.Append(Encoding.Latin1.GetString(body));
                if (chunks.IsDone)
                    foreach (var line in chunks.Trailers)
                        text.Append(Encoding.Latin1.GetString(line.Whole(input.AsSpan(start))));
                start += read;
            }
            if (end == input.Length)
                break;
            end = (int)Math.Min((long)end + piece, input.Length);
        }
        text.Append(chunks.IsDone).Append(start);
    }
}
