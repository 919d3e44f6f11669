using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Schema;

namespace Vitrine.ApiServer.ManagedFields;

/// <summary>
/// metadata.managedFields of a new object, written in one pass without the sets in between: every create pays for it. Says the same as
/// <see cref="FieldOwnership.Created"/>, to which it leaves objects that bring managers of their own.
/// </summary>
internal static class FirstFields
{
    private static readonly JsonWriterOptions s_writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = 1000 };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? t_writer;

    /// <summary>The list as JSON; null for an object that says nothing but its name.</summary>
    public static byte[]? Write(FieldManager manager, Kind kind, JsonObject value, string now)
    {
        ArrayBufferWriter<byte> buffer = t_buffer ??= new ArrayBufferWriter<byte>(1024);
        buffer.ResetWrittenCount();
        Utf8JsonWriter writer = t_writer ??= new Utf8JsonWriter(buffer, s_writing);
        writer.Reset(buffer);
        writer.WriteStartArray();
        writer.WriteStartObject();
        writer.WriteString("apiVersion"u8, manager.ApiVersion);
        writer.WriteString("fieldsType"u8, "FieldsV1"u8);
        writer.WriteStartObject("fieldsV1"u8);
        long before = writer.BytesCommitted + writer.BytesPending;
        WriteTop(writer, kind, value);
        if (writer.BytesCommitted + writer.BytesPending == before)
        {
            return null;
        }

        writer.WriteEndObject();
        writer.WriteString("manager"u8, manager.Name);
        writer.WriteString("operation"u8, manager.Operation);
        writer.WriteString("time"u8, now);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteTop(Utf8JsonWriter writer, Kind kind, JsonObject value)
    {
        FieldShape shape = FieldOwnership.ShapeOf(kind);
        bool hasStatus = kind.Subresources.Contains("status");
        foreach ((string name, JsonNode? inner) in Sorted(value))
        {
            if (name is "apiVersion" or "kind" || (name == "status" && hasStatus))
            {
                continue;
            }

            FieldShape? below = TypedField.Below(shape, name);
            if (name != "metadata")
            {
                WriteField(writer, name, inner, below, false);
            }
            else if (inner is JsonObject metadata && metadata.Any(static pair => !FieldOwnership.IsUnowned(pair.Key)))
            {
                WriteName(writer, name);
                writer.WriteStartObject();
                foreach ((string field, JsonNode? held) in Sorted(metadata))
                {
                    if (!FieldOwnership.IsUnowned(field))
                    {
                        WriteField(writer, field, held, TypedField.Below(below, field), TypedField.Below(below, field) is not { Kind: ValueKind.Object });
                    }
                }

                writer.WriteEndObject();
            }
        }
    }

    // isWhole: more than the fields below it are new, so that the path itself is in the set.
    private static void WriteField(Utf8JsonWriter writer, string name, JsonNode? value, FieldShape? shape, bool isWhole)
    {
        WriteName(writer, name);
        WriteBelow(writer, value, shape, isWhole || shape is not { Kind: ValueKind.Object });
    }

    private static void WriteBelow(Utf8JsonWriter writer, JsonNode? value, FieldShape? shape, bool isWhole)
    {
        writer.WriteStartObject();
        if (!TypedField.IsLeaf(shape, value))
        {
            if (isWhole)
            {
                writer.WriteStartObject("."u8);
                writer.WriteEndObject();
            }

            if (value is JsonArray list)
            {
                WriteElements(writer, list, shape!);
            }
            else
            {
                foreach ((string name, JsonNode? inner) in Sorted(value!.AsObject()))
                {
                    WriteField(writer, name, inner, TypedField.Below(shape, name), !TypedField.IsNamed(shape, name));
                }
            }
        }

        writer.WriteEndObject();
    }

    private static void WriteElements(Utf8JsonWriter writer, JsonArray list, FieldShape shape)
    {
        foreach ((string element, JsonNode? item) in TypedField.Elements(list, shape).OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            writer.WritePropertyName(element);
            WriteBelow(writer, item, shape.Item, true);
        }
    }

    private static void WriteName(Utf8JsonWriter writer, string name)
    {
        Span<char> element = name.Length < 254 ? stackalloc char[256] : new char[name.Length + 2];
        "f:".CopyTo(element);
        name.CopyTo(element[2..]);
        writer.WritePropertyName(element[..(name.Length + 2)]);
    }

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Sorted(JsonObject value)
    {
        if (value.Count < 2)
        {
            return value;
        }

        KeyValuePair<string, JsonNode?>[] fields = new KeyValuePair<string, JsonNode?>[value.Count];
        ((ICollection<KeyValuePair<string, JsonNode?>>)value).CopyTo(fields, 0);
        Array.Sort(fields, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        return fields;
    }
}
