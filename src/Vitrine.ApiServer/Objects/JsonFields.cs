using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vitrine.ApiServer.Objects;

/// <summary>
/// Reading fields of an object that may be absent or, in a stored object of a later version, of another type:
/// both read as absent.
/// </summary>
internal static class JsonFields
{
    public static JsonObject? Object(this JsonNode? node, string field) => (node as JsonObject)?[field] as JsonObject;

    public static JsonArray? Array(this JsonNode? node, string field) => (node as JsonObject)?[field] as JsonArray;

    /// <summary>The objects of a list field; anything else in it is passed over.</summary>
    public static IEnumerable<JsonObject> Objects(this JsonNode? node, string field) =>
        node.Array(field)?.OfType<JsonObject>() ?? [];

    /// <summary>"" when absent: Kubernetes' Go types do not tell an empty string from none.</summary>
    public static string Text(this JsonNode? node, string field) => (node as JsonObject)?[field].AsText() ?? "";

    /// <summary>Follows fields separated by dots.</summary>
    public static string TextAt(this JsonNode? node, string path)
    {
        foreach (var field in path.Split('.'))
        {
            node = (node as JsonObject)?[field];
        }
        return node.AsText() ?? "";
    }

    public static long? Number(this JsonNode? node, string field) => (node as JsonObject)?[field].AsNumber();

    public static bool Flag(this JsonNode? node, string field) =>
        (node as JsonObject)?[field] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    public static bool Has(this JsonNode? node, string field) => (node as JsonObject)?[field] is not null;

    public static string? AsText(this JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static long? AsNumber(this JsonNode? node) => node switch
    {
        JsonValue v when v.GetValueKind() != JsonValueKind.Number => null,
        JsonValue v when v.TryGetValue<long>(out var number) => number,
        JsonValue v when v.TryGetValue<int>(out var number) => number,
        JsonValue v when v.TryGetValue<double>(out var number) && number is >= long.MinValue and < long.MaxValue => (long)number,
        _ => null,
    };

    public static DateTimeOffset? Moment(this JsonNode? node, string field) =>
        DateTimeOffset.TryParse(node.Text(field), System.Globalization.CultureInfo.InvariantCulture,
            System.Globalization.DateTimeStyles.AssumeUniversal, out var moment) ? moment : null;

    /// <summary>The object field, created empty when absent.</summary>
    public static JsonObject Ensure(this JsonObject node, string field)
    {
        if (node[field] is JsonObject present)
        {
            return present;
        }
        var made = new JsonObject();
        node[field] = made;
        return made;
    }

    /// <summary>Sets a string where there is none, or an empty one.</summary>
    public static void DefaultText(this JsonObject node, string field, string value)
    {
        if (node.Text(field).Length == 0)
        {
            node[field] = value;
        }
    }

    /// <summary>Sets a number where there is none.</summary>
    public static void DefaultNumber(this JsonObject node, string field, long value)
    {
        if (node[field] is null)
        {
            node[field] = value;
        }
    }

    /// <summary>Sets a number where there is none or zero: Go's int32 without omitempty does not tell them apart.</summary>
    public static void DefaultNumberIfZero(this JsonObject node, string field, long value)
    {
        if (node.Number(field) is null or 0)
        {
            node[field] = value;
        }
    }
}
