using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vitrine.ApiServer.Store;

/// <summary>
/// An object as JSON bytes with an empty <c>metadata.resourceVersion</c>. The revision is only known when the writer
/// takes its turn, so the value is spliced in there instead of serialising the object a second time.
/// </summary>
/// <param name="Json">UTF-8, <c>"resourceVersion":""</c> inside metadata.</param>
/// <param name="RevisionAt">Offset between those two quotes.</param>
internal readonly record struct ObjectPayload(byte[] Json, int RevisionAt)
{
    // Relaxed escaping keeps '<', '&' and non-ASCII text as the client wrote it; these bytes are never put into HTML.
    private static readonly JsonWriterOptions s_writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = 1000 };

    [ThreadStatic]
    private static Utf8JsonWriter? t_writer;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_buffer;

    /// <summary>Serialises an object that has a metadata object; any resourceVersion in it is left out.</summary>
    /// <param name="managedFields">JSON of metadata.managedFields, where the object does not have it itself.</param>
    public static ObjectPayload From(JsonObject value, byte[]? managedFields = null)
    {
        ArrayBufferWriter<byte> buffer = t_buffer ??= new ArrayBufferWriter<byte>(4096);
        buffer.ResetWrittenCount();
        Utf8JsonWriter writer = t_writer ??= new Utf8JsonWriter(buffer, s_writing);
        writer.Reset(buffer);
        int at = -1;
        writer.WriteStartObject();
        foreach ((string name, JsonNode? node) in value)
        {
            writer.WritePropertyName(name);
            if (name == "metadata" && node is JsonObject metadata)
            {
                at = WriteMetadata(writer, metadata, managedFields);
            }
            else
            {
                Write(writer, node);
            }
        }

        writer.WriteEndObject();
        writer.Flush();
        if (at < 0)
        {
            throw new InvalidOperationException("an object without metadata cannot be stored");
        }

        ObjectPayload payload = new(buffer.WrittenSpan.ToArray(), at);
        if (buffer.Capacity > 1 << 20)
        {
            t_buffer = null;
        }

        return payload;
    }

    /// <summary>The bytes with the revision filled in.</summary>
    public byte[] Stamp(long revision) => Splice(Json, RevisionAt, 0, revision);

    internal static byte[] Splice(byte[] json, int at, int oldLength, long revision)
    {
        Span<byte> digits = stackalloc byte[20];
        revision.TryFormat(digits, out int length, default, CultureInfo.InvariantCulture);
        byte[] stamped = GC.AllocateUninitializedArray<byte>(json.Length - oldLength + length);
        json.AsSpan(0, at).CopyTo(stamped);
        digits[..length].CopyTo(stamped.AsSpan(at));
        json.AsSpan(at + oldLength).CopyTo(stamped.AsSpan(at + length));
        return stamped;
    }

    private static int WriteMetadata(Utf8JsonWriter writer, JsonObject metadata, byte[]? managedFields)
    {
        writer.WriteStartObject();
        foreach ((string name, JsonNode? node) in metadata)
        {
            if (name == "resourceVersion")
            {
                continue;
            }

            writer.WritePropertyName(name);
            Write(writer, node);
        }

        if (managedFields is not null)
        {
            writer.WritePropertyName("managedFields"u8);
            writer.WriteRawValue(managedFields, skipInputValidation: true);
        }

        writer.WriteString("resourceVersion"u8, ""u8);
        int at = (int)(writer.BytesCommitted + writer.BytesPending) - 1;
        writer.WriteEndObject();
        return at;
    }

    private static void Write(Utf8JsonWriter writer, JsonNode? node)
    {
        if (node is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            node.WriteTo(writer);
        }
    }
}
