using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Vitrine.Gateway.Forwarding.Http1;

/// <summary>Carries a backend's body to the client (RFC 9112 §6.3). What has come goes on before more is waited for.</summary>
internal static class ResponseBody
{
    /// <summary>Received at once of a body that did not come with its head.</summary>
    private const int Piece = 32 << 10;

    /// <summary>Throws IOException where the body breaks off or nobody wants it any more.</summary>
    /// <param name="connection">whose head has been read</param>
    /// <param name="http">whose response has its headers</param>
    public static ValueTask CopyAsync(BackendConnection connection, HttpContext http)
    {
        var (head, response) = (connection.Head, http.Response);
        if (head.Chunked)
            return CopyChunksAsync(connection, http);
        if (head.ContentLength is not { } length)
            return CopyAllAsync(connection, response.BodyWriter);
        if (length > connection.Bytes.Length)
            return CopyLengthAsync(connection, response.BodyWriter, length);
        Pass(connection, response.BodyWriter, (int)length);
        return default;
    }

    private static async ValueTask CopyLengthAsync(BackendConnection connection, PipeWriter to, long left)
    {
        while (true)
        {
            left -= Pass(connection, to, (int)Math.Min(left, connection.Bytes.Length));
            if (left == 0)
                break;
            if (!await MoreAsync(connection, to, left).ConfigureAwait(false))
                throw new IOException($"the backend broke off {left} bytes before the end of its answer");
        }
        await FlushAsync(to).ConfigureAwait(false);
    }

    private static async ValueTask CopyAllAsync(BackendConnection connection, PipeWriter to)
    {
        do
            Pass(connection, to, connection.Bytes.Length);
        while (await MoreAsync(connection, to, long.MaxValue).ConfigureAwait(false));
    }

    private static async ValueTask CopyChunksAsync(BackendConnection connection, HttpContext http)
    {
        var (chunks, to) = (connection.Chunks, http.Response.BodyWriter);
        chunks.Clear();
        while (true)
        {
            while (chunks.TryRead(connection.Bytes, out var read, out var body))
            {
                Write(body, to);
                if (chunks.IsDone)
                    PassTrailers(connection, http.Features.Get<IHttpResponseTrailersFeature>()?.Trailers);
                connection.Consume(read);
            }
            if (chunks.IsDone)
                break;
            if (!await MoreAsync(connection, to, long.MaxValue).ConfigureAwait(false))
                throw new IOException("the backend broke off within a chunked answer");
        }
        await FlushAsync(to).ConfigureAwait(false);
    }

    // At a response's end Kestrel flushes only what it wrote itself.
    private static async ValueTask FlushAsync(PipeWriter to)
    {
        if ((await to.FlushAsync().ConfigureAwait(false)).IsCompleted)
            throw Unwanted();
    }

    private static int Pass(BackendConnection connection, PipeWriter to, int count)
    {
        Write(connection.Bytes[..count], to);
        connection.Consume(count);
        return count;
    }

    // Where the client has left, Kestrel's memory has no room.
    private static void Write(ReadOnlySpan<byte> bytes, PipeWriter to)
    {
        while (!bytes.IsEmpty)
        {
            var room = to.GetSpan();
            var count = Math.Min(room.Length, bytes.Length);
            if (count == 0)
                throw Unwanted();
            bytes[..count].CopyTo(room);
            to.Advance(count);
            bytes = bytes[count..];
        }
    }

    private static IOException Unwanted() => new("the client takes no more");

    // False: the backend has closed.
    private static async ValueTask<bool> MoreAsync(BackendConnection connection, PipeWriter to, long left)
    {
        await FlushAsync(to).ConfigureAwait(false);
        connection.Widen((int)Math.Min(left, Piece));
        return await connection.ReceiveAsync().ConfigureAwait(false) switch
        {
            > 0 => true,
            0 => false,
            _ => throw new IOException("the connection to the backend broke within its answer"),
        };
    }

    // HTTP/1.1 clients seldom want them, and Kestrel has none for them; where there is a place for them, what says how a message is read is not let in (RFC 9110 §6.5.1).
    private static void PassTrailers(BackendConnection connection, IHeaderDictionary? to)
    {
        if (to is null or { IsReadOnly: true })
            return;
        foreach (var line in connection.Chunks.Trailers)
        {
            var name = Encoding.Latin1.GetString(line.Name(connection.Bytes));
            if (!HopByHop.Contains(name) && !HopByHop.IsFraming(name))
                to.Append(name, Encoding.Latin1.GetString(line.Value(connection.Bytes)));
        }
    }
}
