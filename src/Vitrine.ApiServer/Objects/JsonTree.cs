using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vitrine.ApiServer.Objects;

/// <summary>Reads a JSON document into nodes, naming every duplicate field (the last one wins, as in Go).</summary>
internal static class JsonTree
{
    /// <summary>Deeper documents are refused: reading is recursive, and no Kubernetes object comes near.</summary>
    public const int MaxDepth = 128;

    /// <summary>Throws <see cref="FormatException"/> with the place of the fault.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="duplicates">Gets the path of each duplicate, e.g. spec.containers[0].name.</param>
    public static JsonNode? Parse(ReadOnlySpan<byte> json, List<string> duplicates)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            if (!reader.Read())
            {
                throw new FormatException("unexpected end of JSON input");
            }
            var node = Value(ref reader, new StringBuilder(), duplicates);
            reader.Read();
            return node;
        }
        catch (JsonException e)
        {
            throw new FormatException(Trim(e.Message), e);
        }
        catch (InvalidOperationException e)
        {
            // The reader's word for bytes that are not UTF-8 and for lone surrogates, found only when a string is taken.
            throw new FormatException($"invalid UTF-8 in a string before byte {reader.BytesConsumed}", e);
        }
    }

    /// <summary>Roughly the characters a tree takes. Throws <see cref="FormatException"/> for one that <see cref="Parse"/> would refuse as too deep.</summary>
    public static int SizeOf(JsonNode? node, int depth = 0) => depth > MaxDepth
        ? throw new FormatException($"exceeded max depth of {MaxDepth}")
        : node switch
        {
            JsonObject map => map.Sum(p => p.Key.Length + 4 + SizeOf(p.Value, depth + 1)) + 2,
            JsonArray list => list.Sum(e => 1 + SizeOf(e, depth + 1)) + 2,
            JsonValue value when value.TryGetValue<string>(out var text) => text.Length + 2,
            _ => 8,
        };

    private static JsonNode? Value(ref Utf8JsonReader reader, StringBuilder path, List<string> duplicates) => reader.TokenType switch
    {
        JsonTokenType.StartObject => Object(ref reader, path, duplicates),
        JsonTokenType.StartArray => Array(ref reader, path, duplicates),
        JsonTokenType.String => JsonValue.Create(reader.GetString()),
        JsonTokenType.True => JsonValue.Create(true),
        JsonTokenType.False => JsonValue.Create(false),
        JsonTokenType.Number when reader.TryGetInt64(out var whole) => JsonValue.Create(whole),
        JsonTokenType.Number when reader.TryGetDouble(out var real) && double.IsFinite(real) => JsonValue.Create(real),
        JsonTokenType.Number => throw new FormatException("number out of range"),
        _ => null,
    };

    private static JsonObject Object(ref Utf8JsonReader reader, StringBuilder path, List<string> duplicates)
    {
        var made = new JsonObject();
        var length = path.Length;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            path.Append(length == 0 ? "" : ".").Append(name);
            if (made.ContainsKey(name))
            {
                duplicates.Add(path.ToString());
            }
            reader.Read();
            made[name] = Value(ref reader, path, duplicates);
            path.Length = length;
        }
        return made;
    }

    private static JsonArray Array(ref Utf8JsonReader reader, StringBuilder path, List<string> duplicates)
    {
        var made = new JsonArray();
        var length = path.Length;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            path.Append('[').Append(made.Count).Append(']');
            made.Add(Value(ref reader, path, duplicates));
            path.Length = length;
        }
        return made;
    }

    /// <summary>Drops the reader's hints about its own options.</summary>
    private static string Trim(string message) =>
        message.Contains("maximum configured depth", StringComparison.Ordinal) ? $"exceeded max depth of {MaxDepth}" : message;
}
