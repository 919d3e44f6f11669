using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vitrine.ApiServer.Errors;

/// <summary>Writes metav1.Status objects.</summary>
internal static class StatusWriter
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(ApiException error, IBufferWriter<byte> output, string? continueToken = null)
    {
        using Utf8JsonWriter json = new(output, s_options);
        Begin(json, "Failure", continueToken);
        json.WriteString("message"u8, error.Message);
        Text(json, "reason", error.Reason);
        WriteDetails(json, error);
        json.WriteNumber("code"u8, error.Code);
        json.WriteEndObject();
    }

    /// <summary>The answer to a deletion that is complete.</summary>
    public static void WriteDeleted(string name, string group, string plural, string uid, IBufferWriter<byte> output)
    {
        using Utf8JsonWriter json = new(output, s_options);
        Begin(json, "Success", null);
        json.WriteStartObject("details"u8);
        json.WriteString("name"u8, name);
        if (group.Length > 0)
        {
            json.WriteString("group"u8, group);
        }

        json.WriteString("kind"u8, plural);
        json.WriteString("uid"u8, uid);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void WriteSuccess(int code, IBufferWriter<byte> output)
    {
        using Utf8JsonWriter json = new(output, s_options);
        Begin(json, "Success", null);
        json.WriteNumber("code"u8, code);
        json.WriteEndObject();
    }

    private static void Begin(Utf8JsonWriter json, string status, string? continueToken)
    {
        json.WriteStartObject();
        json.WriteString("kind"u8, "Status"u8);
        json.WriteString("apiVersion"u8, "v1"u8);
        json.WriteStartObject("metadata"u8);
        if (continueToken is not null)
        {
            json.WriteString("continue"u8, continueToken);
        }

        json.WriteEndObject();
        json.WriteString("status"u8, status);
    }

    private static void WriteDetails(Utf8JsonWriter json, ApiException error)
    {
        bool any = error.ObjectName is not null || error.ObjectKind is not null || error.Uid is not null || error.RetryAfterSeconds is not null || error.Causes.Count > 0;
        if (!any && error.Code is not 404 and not 405)
        {
            return;
        }

        json.WriteStartObject("details"u8);
        Text(json, "name", error.ObjectName);
        Text(json, "group", error.Group);
        Text(json, "kind", error.ObjectKind);
        Text(json, "uid", error.Uid);
        if (error.Causes.Count > 0)
        {
            json.WriteStartArray("causes"u8);
            foreach (FieldCause cause in error.Causes)
            {
                json.WriteStartObject();
                Text(json, "reason", cause.Reason);
                Text(json, "message", cause.Message);
                Text(json, "field", cause.Field);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        if (error.RetryAfterSeconds is { } seconds)
        {
            json.WriteNumber("retryAfterSeconds"u8, seconds);
        }

        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteString(name, value);
        }
    }
}
