using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Schema;

namespace Vitrine.ApiServer.Protobuf;

/// <summary>
/// From a protobuf message to the object that Go's JSON encoding of the same value would give: the schema says what a
/// field holds, <see cref="FieldNumbers"/> which one it is. Unknown numbers are skipped, a message sent twice is merged,
/// a scalar sent twice is the last one.
/// </summary>
internal static class MessageDecoder
{
    /// <summary>Nested messages; no Kubernetes object comes near.</summary>
    private const int MaxDepth = 64;

    /// <summary>Throws <see cref="FormatException"/>.</summary>
    public static void Decode(ReadOnlySpan<byte> message, SchemaType type, JsonObject into, int depth = 1) =>
        Decode(message, type, FieldNumbers.Of(type.Name), into, depth);

    private static void Decode(ReadOnlySpan<byte> message, SchemaType type, FrozenDictionary<int, NumberedField> numbers, JsonObject into, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new FormatException($"proto: exceeded max depth of {MaxDepth} messages");
        }
        var reader = new WireReader(message);
        while (reader.TryTag(out var number, out var wire))
        {
            if (!numbers.TryGetValue(number, out var field))
            {
                reader.Skip(wire);
            }
            else if (field.IsInlined)
            {
                Expect(wire, WireType.Bytes, field.Name);
                Decode(reader.Bytes(), type, FieldNumbers.Of(field.Name), into, depth + 1);
            }
            else if (type.Fields.TryGetValue(field.Name, out var known))
            {
                Field(ref reader, wire, field, known.Shape, into, depth);
            }
            else
            {
                reader.Skip(wire);
            }
        }
    }

    private static void Field(ref WireReader reader, WireType wire, NumberedField field, FieldShape shape, JsonObject into, int depth)
    {
        switch (shape.Kind)
        {
            case ValueKind.Array:
                if (into[field.Name] is not JsonArray list)
                {
                    into[field.Name] = list = [];
                }
                Item(ref reader, wire, field.Name, shape.Item!, list, depth);
                break;
            case ValueKind.Map:
                Expect(wire, WireType.Bytes, field.Name);
                if (into[field.Name] is not JsonObject map)
                {
                    into[field.Name] = map = [];
                }
                Entry(reader.Bytes(), field.Name, shape.Item!, map, depth);
                break;
            case ValueKind.Object:
                Expect(wire, WireType.Bytes, field.Name);
                var inner = into[field.Name] as JsonObject ?? [];
                Decode(reader.Bytes(), shape.Object!, inner, depth + 1);
                Set(into, field.Name, inner.Count > 0 || field.KeepsZero ? inner : null);
                break;
            default:
                var value = Scalar.Read(ref reader, wire, shape.Kind, field.Name);
                Set(into, field.Name, field.KeepsZero || !Scalar.IsZero(value, shape.Kind) ? value : null);
                break;
        }
    }

    private static void Set(JsonObject into, string name, JsonNode? value)
    {
        if (value is null)
        {
            into.Remove(name);
        }
        else if (!ReferenceEquals(into[name], value))
        {
            into[name] = value;
        }
    }

    private static void Item(ref WireReader reader, WireType wire, string name, FieldShape item, JsonArray list, int depth)
    {
        // Packed or not is the sender's choice; a reader takes both (protobuf.dev, "Packed repeated fields").
        if (wire == WireType.Bytes && Scalar.WireTypeOf(item.Kind) is var single and not WireType.Bytes)
        {
            var packed = new WireReader(reader.Bytes());
            while (!packed.AtEnd)
            {
                list.Add(Scalar.Read(ref packed, single, item.Kind, name));
            }
            return;
        }
        list.Add(Value(ref reader, wire, name, item, depth));
    }

    private static void Entry(ReadOnlySpan<byte> entry, string name, FieldShape item, JsonObject map, int depth)
    {
        var (key, value) = ("", default(JsonNode));
        var reader = new WireReader(entry);
        while (reader.TryTag(out var number, out var wire))
        {
            switch (number)
            {
                case 1:
                    Expect(wire, WireType.Bytes, name);
                    key = Scalar.Text(reader.Bytes(), name);
                    break;
                case 2:
                    value = Value(ref reader, wire, name, item, depth);
                    break;
                default:
                    reader.Skip(wire);
                    break;
            }
        }
        map[key] = value ?? Empty(item);
    }

    private static JsonNode? Value(ref WireReader reader, WireType wire, string name, FieldShape shape, int depth)
    {
        switch (shape.Kind)
        {
            case ValueKind.Object:
                Expect(wire, WireType.Bytes, name);
                var inner = new JsonObject();
                Decode(reader.Bytes(), shape.Object!, inner, depth + 1);
                return inner;
            case ValueKind.Array:
                Expect(wire, WireType.Bytes, name);
                return Wrapped(reader.Bytes(), name, shape.Item!, depth + 1);
            default:
                return Scalar.Read(ref reader, wire, shape.Kind, name);
        }
    }

    // Protobuf has no list in a list or a map: Go's named slices, such as UserInfo's ExtraValue, become a message {items=1}.
    private static JsonArray Wrapped(ReadOnlySpan<byte> message, string name, FieldShape item, int depth)
    {
        var list = new JsonArray();
        var reader = new WireReader(message);
        while (reader.TryTag(out var number, out var wire))
        {
            if (number == 1)
            {
                Item(ref reader, wire, name, item, list, depth);
            }
            else
            {
                reader.Skip(wire);
            }
        }
        return list;
    }

    private static JsonNode? Empty(FieldShape item) => item.Kind switch
    {
        ValueKind.Object => new JsonObject(),
        ValueKind.Array => new JsonArray(),
        ValueKind.String or ValueKind.Bytes => "",
        ValueKind.Quantity => "0",
        ValueKind.Bool => false,
        ValueKind.Time or ValueKind.MicroTime or ValueKind.Any => null,
        _ => 0L,
    };

    internal static void Expect(WireType found, WireType wanted, string name)
    {
        if (found != wanted)
        {
            throw new FormatException($"proto: wrong wireType = {(int)found} for field {name}");
        }
    }
}
