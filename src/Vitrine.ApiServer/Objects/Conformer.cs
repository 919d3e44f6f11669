using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Schema;

namespace Vitrine.ApiServer.Objects;

/// <summary>
/// Makes a parsed object what upstream's typed decoding would make of it: unknown fields leave (and are named), nulls
/// are absent, quantities and times take their canonical form, a value of the wrong type is an error.
/// </summary>
internal sealed class Conformer(List<string> unknown)
{
    private readonly List<string> names = [];
    private string path = "";

    /// <summary>Changes <paramref name="obj"/> in place. Throws <see cref="TypeMismatchException"/>.</summary>
    public void Conform(JsonObject obj, SchemaType type)
    {
        List<string>? gone = null;
        var here = path;
        // A copy of the names: values are replaced on the way.
        foreach (var (name, value) in obj.ToArray())
        {
            if (!type.Fields.TryGetValue(name, out var field))
            {
                if (type.IsOpen)
                {
                    continue;
                }
                unknown.Add(here.Length == 0 ? name : $"{here}.{name}");
                (gone ??= []).Add(name);
                continue;
            }
            if (value is null)
            {
                (gone ??= []).Add(name);
                continue;
            }
            path = here.Length == 0 ? name : $"{here}.{name}";
            names.Add(name);
            var made = Value(value, field.Shape, type);
            if (!ReferenceEquals(made, value))
            {
                obj[name] = made;
            }
            names.RemoveAt(names.Count - 1);
        }
        path = here;
        foreach (var name in gone ?? [])
        {
            obj.Remove(name);
        }
    }

    private JsonNode Value(JsonNode value, FieldShape shape, SchemaType owner)
    {
        switch (shape.Kind)
        {
            case ValueKind.Object when value is JsonObject inner:
                Conform(inner, shape.Object!);
                return value;
            case ValueKind.Array when value is JsonArray list:
                Items(list, shape.Item!, owner);
                return value;
            case ValueKind.Map when value is JsonObject map:
                Entries(map, shape.Item!, owner);
                return value;
            case ValueKind.Any when shape.TypeName.Length > 0 && value is JsonObject inner:
                Conform(inner, SchemaSet.Get(shape.TypeName));
                return value;
            case ValueKind.Any:
                return value;
            case ValueKind.Object or ValueKind.Array or ValueKind.Map:
                throw Mismatch(value, shape, owner);
            default:
                return Scalar(value, shape, owner);
        }
    }

    private void Items(JsonArray list, FieldShape item, SchemaType owner)
    {
        var here = path;
        for (var i = 0; i < list.Count; i++)
        {
            path = $"{here}[{i}]";
            var made = list[i] is { } value ? Value(value, item, owner) : Zero(item);
            if (!ReferenceEquals(made, list[i]))
            {
                list[i] = made;
            }
        }
        path = here;
    }

    private void Entries(JsonObject map, FieldShape item, SchemaType owner)
    {
        var here = path;
        foreach (var (key, value) in map.ToArray())
        {
            path = $"{here}.{key}";
            var made = value is null ? Zero(item) : Value(value, item, owner);
            if (!ReferenceEquals(made, value))
            {
                map[key] = made;
            }
        }
        path = here;
    }

    private JsonNode Scalar(JsonNode value, FieldShape shape, SchemaType owner)
    {
        var text = value.AsText();
        var kind = value.GetValueKind();
        switch (shape.Kind)
        {
            case ValueKind.String when text is not null:
            case ValueKind.Bool when kind is JsonValueKind.True or JsonValueKind.False:
            case ValueKind.Double when kind == JsonValueKind.Number:
            case ValueKind.IntOrString when text is not null || IsWhole(value, int.MinValue, int.MaxValue):
            case ValueKind.Int32 when IsWhole(value, int.MinValue, int.MaxValue):
            case ValueKind.Int64 when IsWhole(value, long.MinValue, long.MaxValue):
                return value;
            case ValueKind.Bytes when text is not null:
                return IsBase64(text) ? value : throw new TypeMismatchException("illegal base64 data at input byte " + BadBase64(text));
            case ValueKind.Time or ValueKind.MicroTime when text is not null:
                return Time(text, shape.Kind == ValueKind.MicroTime);
            case ValueKind.Quantity when text is not null || kind == JsonValueKind.Number:
                return Quantity.TryParse(text ?? value.ToJsonString(), out var quantity)
                    ? quantity.ToString()
                    : throw new TypeMismatchException(Quantity.Expected);
            default:
                throw Mismatch(value, shape, owner);
        }
    }

    private static bool IsWhole(JsonNode value, long least, long most) =>
        value is JsonValue number && number.GetValueKind() == JsonValueKind.Number
        && (number.TryGetValue<long>(out var whole) || (number.TryGetValue<int>(out var small) && (whole = small) == small))
        && whole >= least && whole <= most;

    private static JsonNode Zero(FieldShape item) => item.Kind switch
    {
        ValueKind.Object or ValueKind.Map or ValueKind.Any => new JsonObject(),
        ValueKind.Array => new JsonArray(),
        ValueKind.Bool => false,
        ValueKind.Int32 or ValueKind.Int64 or ValueKind.Double or ValueKind.IntOrString => 0L,
        ValueKind.Quantity => "0",
        _ => "",
    };

    private static JsonNode Time(string text, bool micro)
    {
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) || !text.Contains('T', StringComparison.Ordinal))
        {
            throw new TypeMismatchException($"parsing time \"{text}\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"{text}\" as \"2006\"");
        }
        return time.UtcDateTime.ToString(micro ? "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'" : "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }

    private static bool IsBase64(string text) => System.Buffers.Text.Base64.IsValid(text);

    private static int BadBase64(string text)
    {
        var at = text.AsSpan().IndexOfAnyExcept("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n");
        return at >= 0 ? at : text.Length;
    }

    private TypeMismatchException Mismatch(JsonNode value, FieldShape shape, SchemaType owner)
    {
        var found = value.GetValueKind() switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.True or JsonValueKind.False => "bool",
            _ when shape.Kind is ValueKind.Int32 or ValueKind.Int64 or ValueKind.IntOrString => "number " + value.ToJsonString(),
            _ => "number",
        };
        return new TypeMismatchException(
            $"json: cannot unmarshal {found} into Go struct field {owner.ShortName}.{string.Join('.', names)} of type {shape.GoName}");
    }
}
