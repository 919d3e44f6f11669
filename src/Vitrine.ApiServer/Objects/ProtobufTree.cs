using System.Text;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Schema;

namespace Vitrine.ApiServer.Objects;

/// <summary>
/// Reads an object in Kubernetes' protobuf encoding, which kubectl's <c>create configmap|secret|namespace|…</c> send: four
/// magic bytes and a runtime.Unknown around the object. Source: k8s.io/apimachinery pkg/runtime/serializer/protobuf.
/// </summary>
internal static class ProtobufTree
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    /// <summary>
    /// Throws <see cref="FormatException"/> for other bytes and <see cref="NotSupportedException"/> for a type whose field
    /// numbers the schema does not have.
    /// </summary>
    public static JsonObject Parse(ReadOnlySpan<byte> body, SchemaType type)
    {
        if (!body.StartsWith(Magic))
        {
            throw new FormatException("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        }
        var (apiVersion, kind) = ("", "");
        ReadOnlySpan<byte> raw = default;
        var unknown = new ProtobufReader(body[Magic.Length..]);
        while (unknown.Read())
        {
            switch (unknown.Number)
            {
                case 1 when unknown.IsBlock:
                    var meta = new ProtobufReader(unknown.Bytes);
                    while (meta.Read())
                    {
                        (apiVersion, kind) = meta.Number == 1 ? (Text(meta.Bytes), kind) : (apiVersion, Text(meta.Bytes));
                    }
                    break;
                case 2 when unknown.IsBlock:
                    raw = unknown.Bytes;
                    break;
            }
        }
        // Another kind would be read by the wrong numbers: the caller refuses it by its name.
        var obj = kind.Length == 0 || kind == type.ShortName ? Message(raw, type) : [];
        obj["apiVersion"] = apiVersion;
        obj["kind"] = kind;
        return obj;
    }

    private static JsonObject Message(ReadOnlySpan<byte> message, SchemaType type)
    {
        if (type.Fields.Count > 0 && type.Fields.Values.All(f => f.Number == 0))
        {
            throw new NotSupportedException($"{type.ShortName} is not accepted as {MediaType}: send application/json");
        }
        var obj = new JsonObject();
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            var number = reader.Number;
            if (type.Fields.Values.FirstOrDefault(f => f.Number == number) is not { } field)
            {
                continue;
            }
            switch (field.Shape.Kind)
            {
                case ValueKind.Array:
                    List(obj, field.Name).Add(Value(ref reader, field.Shape.Item!));
                    break;
                case ValueKind.Map:
                    Entry(obj.Ensure(field.Name), reader.Bytes, field.Shape.Item!);
                    break;
                default:
                    // Go writes zero values of fields that are no pointers; absent is what they mean.
                    if (Value(ref reader, field.Shape) is { } value && value.AsText() != "" && !(field.Name == "generation" && value.AsNumber() == 0))
                    {
                        obj[field.Name] = value;
                    }
                    break;
            }
        }
        return obj;
    }

    private static JsonArray List(JsonObject obj, string name)
    {
        if (obj[name] is not JsonArray list)
        {
            list = [];
            obj[name] = list;
        }
        return list;
    }

    private static void Entry(JsonObject map, ReadOnlySpan<byte> entry, FieldShape item)
    {
        var (key, value) = ("", (JsonNode?)null);
        var reader = new ProtobufReader(entry);
        while (reader.Read())
        {
            if (reader.Number == 1)
            {
                key = Text(reader.Bytes);
            }
            else
            {
                value = Value(ref reader, item);
            }
        }
        map[key] = value;
    }

    private static JsonNode? Value(ref ProtobufReader reader, FieldShape shape)
    {
        var block = shape.Kind is not (ValueKind.Int32 or ValueKind.Int64 or ValueKind.Bool or ValueKind.Double);
        if (block != reader.IsBlock)
        {
            throw new FormatException($"protobuf: wrong wire type for field {reader.Number}");
        }
        return shape.Kind switch
        {
            ValueKind.Object => Message(reader.Bytes, shape.Object!),
            ValueKind.String => Text(reader.Bytes),
            ValueKind.Bytes => Convert.ToBase64String(reader.Bytes),
            ValueKind.Int32 or ValueKind.Int64 => (long)reader.Varint,
            ValueKind.Bool => reader.Varint != 0,
            ValueKind.Time or ValueKind.MicroTime => Moment(reader.Bytes),
            ValueKind.Any => Any(reader.Bytes),
            _ => throw new NotSupportedException($"a field of type {shape.GoName} is not accepted as {MediaType}: send application/json"),
        };
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new FormatException("protobuf: invalid UTF-8 in a string", e);
        }
    }

    /// <summary>metav1.Time: seconds and nanoseconds; the zero time is written as an empty message.</summary>
    private static JsonNode? Moment(ReadOnlySpan<byte> message)
    {
        var (seconds, nanos) = (0L, 0L);
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            (seconds, nanos) = reader.Number == 1 ? ((long)reader.Varint, nanos) : (seconds, (long)reader.Varint);
        }
        if (seconds == 0 && nanos == 0)
        {
            return null;
        }
        return seconds is < -62135596800 or > 253402300799 || nanos is < 0 or > 999_999_999
            ? throw new FormatException("protobuf: time out of range")
            : DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanos / 100).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>metav1.FieldsV1: one field of bytes, which are JSON.</summary>
    private static JsonNode? Any(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        return reader.Read() && reader.IsBlock ? JsonTree.Parse(reader.Bytes, []) : null;
    }
}
