using Microsoft.AspNetCore.Http;
using Vitrine.ApiServer.Audit;
using Vitrine.ApiServer.Errors;

namespace Vitrine.ApiServer.Http;

/// <summary>Reads a request's body whole, up to upstream's limit.</summary>
internal static class RequestBody
{
    /// <summary>3 MiB as kube-apiserver: a little more than etcd's default request size.</summary>
    internal const int Limit = 3 << 20;

    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpContext http)
    {
        ReadOnlyMemory<byte> body = await ReadAllAsync(http);
        if (AuditRecord.Of(http) is { } record)
        {
            record.Body = body;
        }

        return body;
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ReadAllAsync(HttpContext http)
    {
        if (http.Request.ContentLength > Limit)
        {
            throw ApiErrors.TooLarge(Limit);
        }

        byte[] buffer = new byte[http.Request.ContentLength is { } announced ? (int)announced : 4096];
        int length = 0;
        while (true)
        {
            if (length == buffer.Length)
            {
                if (http.Request.ContentLength is not null)
                {
                    return buffer;
                }

                if (length >= Limit)
                {
                    throw ApiErrors.TooLarge(Limit);
                }

                Array.Resize(ref buffer, Math.Min(buffer.Length * 2, Limit + 1));
            }

            int read = await http.Request.Body.ReadAsync(buffer.AsMemory(length), http.RequestAborted);
            if (read == 0)
            {
                return length > Limit ? throw ApiErrors.TooLarge(Limit) : buffer.AsMemory(0, length);
            }

            length += read;
        }
    }
}
