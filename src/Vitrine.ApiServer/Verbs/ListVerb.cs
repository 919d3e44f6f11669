using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Store;
using Vitrine.ApiServer.Table;

namespace Vitrine.ApiServer.Verbs;

/// <summary>GET of a collection: stored bytes between an envelope, sent while they are copied.</summary>
internal static class ListVerb
{
    // Large enough to amortise TLS records (16 KiB), small enough that the first byte leaves early.
    private const int FlushEvery = 64 << 10;

    public static Task RunAsync(ApiRequest request)
    {
        ListOptions options = ListOptions.Read(request);
        options.CheckList();
        ResponseForm form = AcceptHeader.Negotiate(request.Http.Request.Headers.Accept);
        return WriteAsync(request, form, ListPage.Read(request, options));
    }

    public static async Task WriteAsync(ApiRequest request, ResponseForm form, ListPage page)
    {
        HttpContext http = request.Http;
        http.Response.Headers.ContentType = "application/json";
        PipeWriter output = http.Response.BodyWriter;
        if (form == ResponseForm.Table)
        {
            ArrayBufferWriter<byte> table = new(64 << 10);
            TableWriter.Write(request.Kind, [.. page.Items.Select(item => item.As(request.Kind).Parse())], ObjectForms.IncludeObject(request), Text(page.Revision), page.Continue, request.Api.Time.GetUtcNow(), table);
            await Answer.JsonAsync(http, 200, table.WrittenMemory);
            return;
        }

        output.Write(Envelope(request, form, page));
        bool first = true;
        long unflushed = 0;
        foreach (StoredObject item in page.Items)
        {
            if (!first)
            {
                output.Write(","u8);
            }

            first = false;
            ObjectForms.Write(request, form, item, output);
            unflushed += item.Json.Length;
            if (unflushed > FlushEvery)
            {
                unflushed = 0;
                await output.FlushAsync(request.Aborted);
            }
        }

        output.Write("]}\n"u8);
        await output.FlushAsync(request.Aborted);
    }

    private static byte[] Envelope(ApiRequest request, ResponseForm form, ListPage page)
    {
        StringBuilder text = new();
        (string kind, string version) = form == ResponseForm.PartialMetadata ? ("PartialObjectMetadataList", "meta.k8s.io/v1") : ($"{request.Kind.Name}List", request.Kind.ApiVersion);
        text.Append("{\"kind\":\"").Append(kind).Append("\",\"apiVersion\":\"").Append(version).Append("\",\"metadata\":{\"resourceVersion\":\"").Append(Text(page.Revision)).Append('"');
        if (page.Continue is { } token)
        {
            text.Append(",\"continue\":\"").Append(JsonEncodedText.Encode(token)).Append('"');
        }

        if (page.Remaining is { } remaining)
        {
            text.Append(",\"remainingItemCount\":").Append(Text(remaining));
        }

        return Encoding.UTF8.GetBytes(text.Append("},\"items\":[").ToString());
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
