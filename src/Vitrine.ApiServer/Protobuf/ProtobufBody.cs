using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;

namespace Vitrine.ApiServer.Protobuf;

/// <summary>
/// Turns a Kubernetes protobuf body into the JSON it stands for. The envelope is the bytes "k8s\0" and a runtime.Unknown
/// (https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding).
/// </summary>
internal static class ProtobufBody
{
    public const string ContentType = "application/vnd.kubernetes.protobuf";

    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    public static bool Is(string? contentType) => contentType is not null && contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase);

    /// <summary>Throws a 400 for a malformed body and a 415 for a kind whose protobuf form is not known here.</summary>
    public static ReadOnlyMemory<byte> ToJson(ReadOnlySpan<byte> body)
    {
        if (!body.StartsWith(Magic))
        {
            throw ProtobufReader.Fault();
        }

        ProtobufReader unknown = new(body[Magic.Length..]);
        string apiVersion = "";
        string kind = "";
        ReadOnlySpan<byte> raw = [];
        while (!unknown.AtEnd)
        {
            (int number, int wire) = unknown.Tag();
            switch (number)
            {
                case 1:
                    (apiVersion, kind) = TypeMeta(unknown.Bytes(wire));
                    break;
                case 2:
                    raw = unknown.Bytes(wire);
                    break;
                default:
                    unknown.Skip(wire);
                    break;
            }
        }

        FrozenDictionary<int, ProtobufField> fields = ProtobufMessages.Find($"{apiVersion}/{kind}")
            ?? throw new ApiException(415, "UnsupportedMediaType", $"{kind} ({apiVersion}) is not accepted as {ContentType}; send application/json or application/yaml");
        JsonObject value = new() { ["apiVersion"] = apiVersion, ["kind"] = kind };
        Read(raw, fields, value);
        return Encoding.UTF8.GetBytes(value.ToJsonString());
    }

    private static (string ApiVersion, string Kind) TypeMeta(ReadOnlySpan<byte> bytes)
    {
        ProtobufReader reader = new(bytes);
        string apiVersion = "";
        string kind = "";
        while (!reader.AtEnd)
        {
            (int number, int wire) = reader.Tag();
            switch (number)
            {
                case 1:
                    apiVersion = reader.Text(wire);
                    break;
                case 2:
                    kind = reader.Text(wire);
                    break;
                default:
                    reader.Skip(wire);
                    break;
            }
        }

        return (apiVersion, kind);
    }

    // Messages of the table are not recursive, so the depth is bounded by the table.
    private static void Read(ReadOnlySpan<byte> bytes, FrozenDictionary<int, ProtobufField> fields, JsonObject into)
    {
        ProtobufReader reader = new(bytes);
        while (!reader.AtEnd)
        {
            (int number, int wire) = reader.Tag();
            if (!fields.TryGetValue(number, out ProtobufField? field))
            {
                reader.Skip(wire);
                continue;
            }

            if (field.Type is ProtobufType.TextMap or ProtobufType.Base64Map)
            {
                Entry(reader.Bytes(wire), field, into);
                continue;
            }

            JsonNode? value = Value(ref reader, wire, field);
            if (field.Repeated)
            {
                if (into[field.Name] is not JsonArray list)
                {
                    into[field.Name] = list = [];
                }

                list.Add(value);
            }
            else if (value is not null && !IsUnset(value))
            {
                into[field.Name] = value;
            }
        }
    }

    // gogo/protobuf writes Go's non-pointer fields even when they are empty; JSON leaves them out.
    private static bool IsUnset(JsonNode value) => value is JsonValue scalar && scalar.TryGetValue(out string? text) && text.Length == 0;

    private static JsonNode? Value(ref ProtobufReader reader, int wire, ProtobufField field)
    {
        switch (field.Type)
        {
            case ProtobufType.Text:
                return reader.Text(wire);
            case ProtobufType.Integer:
                return reader.Integer(wire);
            case ProtobufType.Boolean:
                return reader.Integer(wire) != 0;
            case ProtobufType.Time or ProtobufType.MicroTime:
                return Time(reader.Bytes(wire), field.Type);
            default:
                JsonObject message = [];
                Read(reader.Bytes(wire), ProtobufMessages.Find(field.Message!)!, message);
                return message;
        }
    }

    private static void Entry(ReadOnlySpan<byte> bytes, ProtobufField field, JsonObject into)
    {
        ProtobufReader reader = new(bytes);
        string key = "";
        string value = "";
        while (!reader.AtEnd)
        {
            (int number, int wire) = reader.Tag();
            switch (number)
            {
                case 1:
                    key = reader.Text(wire);
                    break;
                case 2:
                    value = field.Type == ProtobufType.TextMap ? reader.Text(wire) : Convert.ToBase64String(reader.Bytes(wire));
                    break;
                default:
                    reader.Skip(wire);
                    break;
            }
        }

        if (into[field.Name] is not JsonObject map)
        {
            into[field.Name] = map = [];
        }

        map[key] = value;
    }

    private static JsonNode? Time(ReadOnlySpan<byte> bytes, ProtobufType type)
    {
        ProtobufReader reader = new(bytes);
        long seconds = 0;
        long nanos = 0;
        bool set = false;
        while (!reader.AtEnd)
        {
            (int number, int wire) = reader.Tag();
            set = true;
            (seconds, nanos) = number switch { 1 => (reader.Integer(wire), nanos), 2 => (seconds, reader.Integer(wire)), _ => throw ProtobufReader.Fault() };
        }

        // An absent Go time is an empty message.
        if (!set)
        {
            return null;
        }

        if (seconds is < -62_135_596_800 or > 253_402_300_799 || nanos is < 0 or > 999_999_999)
        {
            throw ProtobufReader.Fault();
        }

        string format = type == ProtobufType.Time ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
        return DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanos / 100).UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
    }
}
