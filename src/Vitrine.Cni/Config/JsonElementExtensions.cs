using System.Text.Json;

namespace Vitrine.Cni.Config;

/// <summary>Optional fields with a message that names them when they have the wrong type. JSON null counts as absent.</summary>
internal static class JsonElementExtensions
{
    internal static string? OptionalString(this JsonElement element, string name) =>
        element.Find(name, JsonValueKind.String, "a string")?.GetString();

    internal static JsonElement? OptionalObject(this JsonElement element, string name) => element.Find(name, JsonValueKind.Object, "an object");

    internal static bool? OptionalBool(this JsonElement element, string name)
    {
        if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        return element.Find(name, JsonValueKind.True, "true or false")?.GetBoolean();
    }

    internal static int? OptionalInt(this JsonElement element, string name)
    {
        if (element.Find(name, JsonValueKind.Number, "a number") is not { } value)
            return null;
        return value.TryGetInt32(out var number) ? number : throw WrongType(name, "a whole number");
    }

    internal static ulong? OptionalUInt64(this JsonElement element, string name)
    {
        if (element.Find(name, JsonValueKind.Number, "a number") is not { } value)
            return null;
        return value.TryGetUInt64(out var number) ? number : throw WrongType(name, "a whole number, not negative");
    }

    internal static IEnumerable<JsonElement> Items(this JsonElement list, string name)
    {
        if (list.ValueKind != JsonValueKind.Array)
            throw WrongType(name, "a list");
        return list.EnumerateArray();
    }

    private static JsonElement? Find(this JsonElement element, string name, JsonValueKind kind, string wanted)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw WrongType("the object around " + name, "an object");
        // containerd hands port mappings and bandwidth over as Go structs without JSON names: HostPort for hostPort. Go's own reader does not mind.
        if (!element.TryGetProperty(name, out var value) && !element.TryGetProperty($"{char.ToUpperInvariant(name[0])}{name[1..]}", out value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == kind ? value : throw WrongType(name, wanted);
    }

    private static CniException WrongType(string name, string wanted) =>
        new(ErrorCode.InvalidConfig, $"{name} has the wrong type", $"{name} must be {wanted}");
}
