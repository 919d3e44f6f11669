using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Schema;

namespace Vitrine.ApiServer.ManagedFields;

/// <summary>
/// One step of a path as FieldsV1 spells it: <c>f:name</c> a field or a map's key, <c>k:{"name":"web"}</c> the element of a list with those keys,
/// <c>v:"x"</c> the element of a set, <c>i:0</c> the element at a place.
/// </summary>
internal static class PathElement
{
    public static string Field(string name) => "f:" + name;

    /// <summary>The name of <c>f:name</c>; null for the other forms.</summary>
    public static string? FieldOf(string element) => element.StartsWith("f:", StringComparison.Ordinal) ? element[2..] : null;

    /// <summary>
    /// The element of a set or of a list with keys; null when it lacks a key without a default, or is nothing that could have one.
    /// </summary>
    public static string? Of(JsonNode? item, FieldShape list)
    {
        if (list.Topology == Topology.Set)
        {
            return item is null or JsonObject or JsonArray ? null : "v:" + item.ToJsonString(JsonText.Plain);
        }

        if (item is not JsonObject fields)
        {
            return null;
        }

        StringBuilder text = new("k:{");
        foreach (ListKey key in list.Keys)
        {
            JsonNode? value = fields[key.Name] ?? key.Default;
            if (value is null or JsonObject or JsonArray)
            {
                return null;
            }

            text.Append(text.Length > 3 ? ",\"" : "\"").Append(key.Name).Append("\":").Append(value.ToJsonString(JsonText.Plain));
        }

        return text.Append('}').ToString();
    }

    public static string At(int place) => "i:" + place.ToString(CultureInfo.InvariantCulture);

    /// <summary>True for what a FieldsV1 may hold.</summary>
    public static bool IsWellFormed(string element)
    {
        if (element.Length < 2 || element[1] != ':')
        {
            return false;
        }

        try
        {
            return element[0] switch
            {
                'f' => true,
                'i' => int.TryParse(element.AsSpan(2), NumberStyles.Integer, CultureInfo.InvariantCulture, out _),
                'v' => JsonNode.Parse(element[2..]) is not (JsonObject or JsonArray),
                'k' => JsonNode.Parse(element[2..]) is JsonObject { Count: > 0 },
                _ => false,
            };
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>As conflicts name it: <c>.image</c>, <c>[name="web"]</c>, <c>[="x"]</c>, <c>[0]</c>.</summary>
    public static string Show(string element) => element[0] switch
    {
        'f' => "." + element[2..],
        'v' => $"[={element[2..]}]",
        'i' => $"[{element[2..]}]",
        _ => $"[{string.Join(',', JsonNode.Parse(element[2..])!.AsObject().Select(static key => $"{key.Key}={key.Value?.ToJsonString(JsonText.Plain) ?? "null"}"))}]",
    };
}
