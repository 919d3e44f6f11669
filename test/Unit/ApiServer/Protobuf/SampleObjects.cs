using System.Text.Json.Nodes;
using Vitrine.ApiServer.Protobuf;
using Vitrine.ApiServer.Schema;

namespace Vitrine.Unit.ApiServer.Protobuf;

/// <summary>Random objects of a schema type, with a good share of its fields set to values that are not zero.</summary>
internal static class SampleObjects
{
    public static JsonObject Make(SchemaType type, Random random, int depth = 0)
    {
        var made = new JsonObject();
        foreach (var (name, field) in type.Fields)
        {
            var isNumbered = Names(type.Name).Contains(name);
            // The deeper, the fewer: a Pod with everything in it is millions of fields.
            if (isNumbered && random.Next(3 + (depth * 4)) == 0 && Value(field.Shape, random, depth) is { } value && value is not JsonObject { Count: 0 })
            {
                made[name] = value;
            }
        }
        return made;
    }

    private static JsonNode Value(FieldShape shape, Random random, int depth) => shape.Kind switch
    {
        ValueKind.Array => new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Value(shape.Item!, random, depth + 1))]),
        ValueKind.Map => new JsonObject(Enumerable.Range(0, random.Next(1, 4)).Select(i => KeyValuePair.Create($"key-{i}", (JsonNode?)Value(shape.Item!, random, depth + 1)))),
        ValueKind.Object => Make(shape.Object!, random, depth + 1),
        ValueKind.Bool => true,
        ValueKind.Int32 => (long)random.Next(int.MinValue, -1),
        ValueKind.Int64 => random.NextInt64(1, long.MaxValue),
        ValueKind.Bytes => Convert.ToBase64String([0xff, (byte)random.Next(256), 0x80]),
        ValueKind.Any => new JsonObject { ["f:metadata"] = new JsonObject { ["."] = (long)random.Next(100) } },
        ValueKind.Quantity => $"{random.Next(1, 999)}Mi",
        ValueKind.IntOrString when random.Next(2) == 0 => "http-" + random.Next(9),
        ValueKind.IntOrString => (long)random.Next(1, 65536),
        ValueKind.Time => "2026-02-03T04:05:06Z",
        ValueKind.MicroTime => "2026-02-03T04:05:06.000789Z",
        _ => "text-ü-" + random.Next(),
    };

    private static IEnumerable<string> Names(string type) => FieldNumbers.Of(type).Values
        .SelectMany(field => field.IsInlined ? Names(field.Name) : [field.Name]);
}
