using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Schema;

namespace Vitrine.ApiServer.Protobuf;

/// <summary>Single values, among them the messages that JSON writes as a string or a number.</summary>
internal static class Scalar
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static WireType WireTypeOf(ValueKind kind) => kind switch
    {
        ValueKind.Int32 or ValueKind.Int64 or ValueKind.Bool => WireType.Varint,
        ValueKind.Double => WireType.Fixed64,
        _ => WireType.Bytes,
    };

    /// <summary>Null for a time that is not set and for an empty raw value.</summary>
    public static JsonNode? Read(ref WireReader reader, WireType wire, ValueKind kind, string name)
    {
        MessageDecoder.Expect(wire, WireTypeOf(kind), name);
        return kind switch
        {
            ValueKind.Bool => reader.Varint() != 0,
            ValueKind.Int32 => (long)(int)reader.Varint(),
            ValueKind.Int64 => (long)reader.Varint(),
            ValueKind.Double => Finite(BitConverter.UInt64BitsToDouble(reader.Fixed64()), name),
            ValueKind.String => Text(reader.Bytes(), name),
            ValueKind.Bytes => Convert.ToBase64String(reader.Bytes()),
            ValueKind.Quantity => Quantity(reader.Bytes(), name),
            ValueKind.IntOrString => IntOrString(reader.Bytes(), name),
            ValueKind.Time => Time(reader.Bytes(), "yyyy-MM-dd'T'HH:mm:ss'Z'", name),
            ValueKind.MicroTime => Time(reader.Bytes(), "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", name),
            ValueKind.Any => Raw(reader.Bytes(), name),
            _ => throw new FormatException($"proto: field {name} cannot be read from protobuf"),
        };
    }

    /// <summary>What omitempty leaves out. Not a quantity: Go's JSON encoding writes "0" whatever the tag says.</summary>
    public static bool IsZero(JsonNode? value, ValueKind kind) => kind != ValueKind.Quantity && value?.GetValueKind() switch
    {
        JsonValueKind.String => value.AsText()!.Length == 0,
        JsonValueKind.Number => kind == ValueKind.Double ? value.GetValue<double>() == 0 : value.AsNumber() == 0,
        JsonValueKind.False => true,
        _ => false,
    };

    public static string Text(ReadOnlySpan<byte> utf8, string name)
    {
        try
        {
            return Strict.GetString(utf8);
        }
        catch (DecoderFallbackException e)
        {
            throw new FormatException($"proto: field {name} contains invalid UTF-8", e);
        }
    }

    private static double Finite(double value, string name) =>
        double.IsFinite(value) ? value : throw new FormatException($"proto: field {name} is not a finite number");

    // Quantity {string=1}; a zero quantity may come as an empty message.
    private static string Quantity(ReadOnlySpan<byte> message, string name)
    {
        var reader = new WireReader(message);
        var text = "0";
        while (reader.TryTag(out var number, out var wire))
        {
            if (number == 1)
            {
                MessageDecoder.Expect(wire, WireType.Bytes, name);
                text = Text(reader.Bytes(), name);
            }
            else
            {
                reader.Skip(wire);
            }
        }
        return text;
    }

    // IntOrString {type=1: 0 int, 1 string; intVal=2, strVal=3}; Go writes all three.
    private static JsonNode IntOrString(ReadOnlySpan<byte> message, string name)
    {
        var reader = new WireReader(message);
        var (isText, whole, text) = (false, 0, "");
        while (reader.TryTag(out var number, out var wire))
        {
            switch (number)
            {
                case 1 or 2:
                    MessageDecoder.Expect(wire, WireType.Varint, name);
                    (isText, whole) = number == 1 ? (reader.Varint() == 1, whole) : (isText, (int)reader.Varint());
                    break;
                case 3:
                    MessageDecoder.Expect(wire, WireType.Bytes, name);
                    text = Text(reader.Bytes(), name);
                    break;
                default:
                    reader.Skip(wire);
                    break;
            }
        }
        return isText ? text : (long)whole;
    }

    // Time and MicroTime {seconds=1, nanos=2}: an empty message is Go's zero time, which JSON writes as null.
    private static JsonNode? Time(ReadOnlySpan<byte> message, string format, string name)
    {
        if (message.IsEmpty)
        {
            return null;
        }
        var reader = new WireReader(message);
        var (seconds, nanos) = (0L, 0L);
        while (reader.TryTag(out var number, out var wire))
        {
            if (number is not (1 or 2))
            {
                reader.Skip(wire);
                continue;
            }
            MessageDecoder.Expect(wire, WireType.Varint, name);
            (seconds, nanos) = number == 1 ? ((long)reader.Varint(), nanos) : (seconds, (int)reader.Varint());
        }
        if (seconds < DateTimeOffset.MinValue.ToUnixTimeSeconds() || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds() || nanos is < 0 or > 999_999_999)
        {
            throw new FormatException($"proto: field {name} is not a time between the years 1 and 9999");
        }
        return DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanos / 100).UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
    }

    // RawExtension {raw=1} and FieldsV1 {Raw=1}: JSON inside.
    private static JsonNode? Raw(ReadOnlySpan<byte> message, string name)
    {
        var reader = new WireReader(message);
        var raw = ReadOnlySpan<byte>.Empty;
        while (reader.TryTag(out var number, out var wire))
        {
            if (number == 1)
            {
                MessageDecoder.Expect(wire, WireType.Bytes, name);
                raw = reader.Bytes();
            }
            else
            {
                reader.Skip(wire);
            }
        }
        try
        {
            return raw.IsEmpty ? null : JsonTree.Parse(raw, []);
        }
        catch (FormatException e)
        {
            throw new FormatException($"field {name} does not hold JSON: {e.Message}", e);
        }
    }
}
