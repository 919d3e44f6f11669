using System.Text.Json;

namespace Vitrine.Model.Snapshot;

/// <summary>Fields of an object that may be absent or of another type: both read as absent.</summary>
public static class JsonParts
{
    /// <summary>Undefined where there is none.</summary>
    public static JsonElement Part(this JsonElement value, string name) => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var part) ? part : default;

    public static bool Has(this JsonElement value, string name) => value.Part(name).ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>Empty where there is none.</summary>
    public static string Text(this JsonElement value, string name) => value.Part(name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";

    public static long? Number(this JsonElement value, string name) => value.Part(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var read) ? read : null;

    public static bool Flag(this JsonElement value, string name) => value.Part(name).ValueKind == JsonValueKind.True;

    public static IEnumerable<JsonElement> Items(this JsonElement value, string name) => value.Part(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    public static IEnumerable<string> Texts(this JsonElement value, string name) => value.Items(name).Where(i => i.ValueKind == JsonValueKind.String).Select(i => i.GetString()!);

    /// <summary>A copy that outlives the document it was read from.</summary>
    public static JsonElement Kept(this JsonElement value) => value.ValueKind == JsonValueKind.Undefined ? value : value.Clone();
}
