using System.Buffers;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Http;

/// <summary>Writes whole answers.</summary>
internal static class Answer
{
    private static readonly StringValues s_json = "application/json";

    public static Task JsonAsync(HttpContext http, int code, ReadOnlyMemory<byte> body)
    {
        http.Response.StatusCode = code;
        http.Response.Headers.ContentType = s_json;
        http.Response.ContentLength = body.Length;
        return http.Response.BodyWriter.WriteAsync(body, http.RequestAborted).AsTask();
    }

    /// <summary>An object in the form the client asked for, with the warnings collected on the way.</summary>
    public static Task ObjectAsync(ApiRequest request, int code, StoredObject value)
    {
        AddWarnings(request);
        ResponseForm form = AcceptHeader.Negotiate(request.Http.Request.Headers.Accept);
        if (form == ResponseForm.Object)
        {
            return JsonAsync(request.Http, code, value.As(request.Kind).Json);
        }

        ArrayBufferWriter<byte> body = new();
        ObjectForms.Write(request, form, value, body);
        return JsonAsync(request.Http, code, body.WrittenMemory);
    }

    /// <summary>An object that was not stored (dry run).</summary>
    public static Task TreeAsync(ApiRequest request, int code, JsonObject tree)
    {
        ObjectPayload payload = ObjectPayload.From(tree);
        return ObjectAsync(request, code, new StoredObject(request.Namespace, request.Name, 0, payload.Stamp(0), payload.RevisionAt));
    }

    public static Task StatusAsync(HttpContext http, ApiException error)
    {
        ArrayBufferWriter<byte> body = new();
        StatusWriter.Write(error, body, (error as ContinueExpiredException)?.Continue);
        if (error.RetryAfterSeconds is { } seconds)
        {
            http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return JsonAsync(http, error.Code, body.WrittenMemory);
    }

    public static Task TextAsync(HttpContext http, int code, string text)
    {
        http.Response.StatusCode = code;
        http.Response.Headers.ContentType = "text/plain; charset=utf-8";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return http.Response.WriteAsync(text, http.RequestAborted);
    }

    public static void AddWarnings(ApiRequest request)
    {
        foreach (string warning in request.Warnings.Distinct(StringComparer.Ordinal))
        {
            // Warn-code 299, agent "-", quoted text (RFC 7234 5.5); header values are ASCII without controls.
            string text = string.Concat(warning.Select(static c => c is < ' ' or > '~' ? "?" : c is '"' or '\\' ? $"\\{c}" : c.ToString()));
            request.Http.Response.Headers.Append("Warning", $"299 - \"{text}\"");
        }
    }
}
