using System.Text;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Protobuf;
using Vitrine.ApiServer.Schema;

namespace Vitrine.Unit.ApiServer.Protobuf;

/// <summary>Encodes objects as Go would, for tests: the decoder's table read the other way round.</summary>
internal sealed class MessageWriter
{
    private readonly List<byte> bytes = [];

    public byte[] ToArray() => [.. bytes];

    public static byte[] Envelope(string apiVersion, string kind, byte[] raw) =>
    [
        .. "k8s\0"u8,
        .. new MessageWriter()
            .Bytes(1, new MessageWriter().Text(1, apiVersion).Text(2, kind).ToArray())
            .Bytes(2, raw).Text(3, "").Text(4, "").ToArray(),
    ];

    public static byte[] Encode(JsonObject obj, SchemaType type) => Encode(obj, type, type.Name);

    private static byte[] Encode(JsonObject obj, SchemaType type, string numbersOf)
    {
        var to = new MessageWriter();
        foreach (var (number, field) in FieldNumbers.Of(numbersOf).OrderBy(f => f.Key))
        {
            if (field.IsInlined)
            {
                to.Bytes(number, Encode(obj, type, field.Name));
            }
            else if (obj[field.Name] is { } value)
            {
                to.Field(number, value, type.Fields[field.Name].Shape);
            }
        }
        return to.ToArray();
    }

    public MessageWriter Text(int number, string text) => Bytes(number, Encoding.UTF8.GetBytes(text));

    public MessageWriter Bytes(int number, byte[] value)
    {
        Raw(((ulong)number << 3) | 2);
        Raw((ulong)value.Length);
        bytes.AddRange(value);
        return this;
    }

    public MessageWriter Varint(int number, long value)
    {
        Raw((ulong)number << 3);
        Raw((ulong)value);
        return this;
    }

    public void Raw(ulong varint)
    {
        for (; varint >= 0x80; varint >>= 7)
        {
            bytes.Add((byte)(varint | 0x80));
        }
        bytes.Add((byte)varint);
    }

    private void Field(int number, JsonNode value, FieldShape shape)
    {
        switch (shape.Kind)
        {
            case ValueKind.Array:
                foreach (var item in value.AsArray())
                {
                    Field(number, item!, shape.Item!);
                }
                break;
            case ValueKind.Map:
                foreach (var (key, item) in value.AsObject())
                {
                    var entry = new MessageWriter().Text(1, key);
                    if (shape.Item!.Kind == ValueKind.Array)
                    {
                        // No list in a map: a message of items around it, as Go's ExtraValue.
                        var items = new MessageWriter();
                        items.Field(1, item!, shape.Item);
                        entry.Bytes(2, items.ToArray());
                    }
                    else
                    {
                        entry.Field(2, item!, shape.Item);
                    }
                    Bytes(number, entry.ToArray());
                }
                break;
            case ValueKind.Object:
                Bytes(number, Encode(value.AsObject(), shape.Object!));
                break;
            case ValueKind.Bool:
                Varint(number, value.GetValue<bool>() ? 1 : 0);
                break;
            case ValueKind.Int32 or ValueKind.Int64:
                Varint(number, value.GetValue<long>());
                break;
            case ValueKind.Bytes:
                Bytes(number, Convert.FromBase64String(value.GetValue<string>()));
                break;
            case ValueKind.Any:
                Bytes(number, new MessageWriter().Text(1, value.ToJsonString()).ToArray());
                break;
            case ValueKind.Quantity:
                Bytes(number, new MessageWriter().Text(1, value.GetValue<string>()).ToArray());
                break;
            case ValueKind.IntOrString:
                Bytes(number, value.AsValue().TryGetValue<string>(out var text)
                    ? new MessageWriter().Varint(1, 1).Varint(2, 0).Text(3, text).ToArray()
                    : new MessageWriter().Varint(1, 0).Varint(2, value.GetValue<long>()).Text(3, "").ToArray());
                break;
            case ValueKind.Time or ValueKind.MicroTime:
                var ticks = DateTimeOffset.Parse(value.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture).Ticks - DateTimeOffset.UnixEpoch.Ticks;
                Bytes(number, new MessageWriter().Varint(1, ticks / TimeSpan.TicksPerSecond).Varint(2, ticks % TimeSpan.TicksPerSecond * 100).ToArray());
                break;
            default:
                Text(number, value.GetValue<string>());
                break;
        }
    }
}
