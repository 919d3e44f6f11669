using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Store;
using Vitrine.ApiServer.Table;

namespace Vitrine.ApiServer.Http;

/// <summary>Writes one object as itself, as a Table of one row, or as its metadata only.</summary>
internal static class ObjectForms
{
    public static void Write(ApiRequest request, ResponseForm form, StoredObject value, IBufferWriter<byte> output)
    {
        value = value.As(request.Kind);
        switch (form)
        {
            case ResponseForm.Table:
                TableWriter.Write(request.Kind, [value.Parse()], IncludeObject(request), value.Revision.ToString(CultureInfo.InvariantCulture), null, request.Api.Time.GetUtcNow(), output);
                break;
            case ResponseForm.PartialMetadata:
                WritePartial(value, output);
                break;
            default:
                output.Write(value.Json);
                break;
        }
    }

    /// <summary>The includeObject parameter of Table requests; metadata unless said otherwise.</summary>
    public static string IncludeObject(ApiRequest request) => request.Query("includeObject") is ("None" or "Object") and var said ? said : "Metadata";

    private static void WritePartial(StoredObject value, IBufferWriter<byte> output)
    {
        using Utf8JsonWriter json = new(output);
        json.WriteStartObject();
        json.WriteString("kind"u8, "PartialObjectMetadata"u8);
        json.WriteString("apiVersion"u8, "meta.k8s.io/v1"u8);
        json.WritePropertyName("metadata"u8);
        (value.Parse()["metadata"] as JsonObject ?? []).WriteTo(json);
        json.WriteEndObject();
    }
}
