using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Vitrine.Gateway.Forwarding.Http1;

/// <summary>A request's line and headers as bytes (RFC 9112 §3, §5), each byte of a value as it came.</summary>
internal static class RequestHead
{
    private static readonly SearchValues<char> Breaking = SearchValues.Create("\r\n\0");
    private static readonly SearchValues<char> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>How many bytes there are. Throws <see cref="BadHttpRequestException"/> for what HTTP/1.1 cannot say.</summary>
    /// <param name="request">whose head it is</param>
    /// <param name="into">rented; given back for a longer one where it is too short</param>
    public static int Write(OutgoingRequest request, ref byte[] into)
    {
        var at = 0;
        CheckMethod(request.Method);
        Check(request.Target);
        Check(request.Host);
        Put(ref into, ref at, request.Method, " ", request.Target);
        Put(ref into, ref at, " HTTP/1.1\r\nHost: ", request.Host, "\r\n");
        foreach (var (name, value) in request.Lines)
        {
            // A name that is none is a header that nobody could read.
            if (name.AsSpan().ContainsAnyExcept(Token))
                continue;
            Check(value);
            Put(ref into, ref at, name, ": ", value);
            Put(ref into, ref at, "\r\n", "", "");
        }
        if (!request.HasBody)
            Put(ref into, ref at, request.Length == 0 || !IsUsuallyBare(request.Method) ? "Content-Length: 0\r\n" : "", "", "\r\n");
        else if (request.Length is not { } length)
            Put(ref into, ref at, "Transfer-Encoding: chunked\r\n", "", "\r\n");
        else
        {
            Put(ref into, ref at, "Content-Length: ", "", "");
            Utf8Formatter.TryFormat(length, into.AsSpan(at), out var digits);
            at += digits;
            Put(ref into, ref at, "\r\n", "", "\r\n");
        }
        return at;
    }

    // RFC 9110 §8.6: without a body, a length is said for methods that usually have one.
    private static bool IsUsuallyBare(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsDelete(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);

    private static void CheckMethod(string method)
    {
        if (method.Length == 0 || method.AsSpan().ContainsAnyExcept(Token))
            throw new BadHttpRequestException("a method that is none");
    }

    private static void Check(string value)
    {
        if (value.AsSpan().ContainsAny(Breaking))
            throw new BadHttpRequestException("a header has the end of a line in it");
    }

    private static void Put(ref byte[] into, ref int at, string a, string b, string c)
    {
        // Room for a number more.
        var needed = at + a.Length + b.Length + c.Length + 32;
        if (needed > into.Length)
        {
            var longer = ArrayPool<byte>.Shared.Rent(Math.Max(needed, 2 * into.Length));
            into.AsSpan(0, at).CopyTo(longer);
            ArrayPool<byte>.Shared.Return(into);
            into = longer;
        }
        at += Encoding.Latin1.GetBytes(a, into.AsSpan(at));
        at += Encoding.Latin1.GetBytes(b, into.AsSpan(at));
        at += Encoding.Latin1.GetBytes(c, into.AsSpan(at));
    }
}
