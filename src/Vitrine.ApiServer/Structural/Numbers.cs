using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vitrine.ApiServer.Structural;

/// <summary>Numbers of JSON, which does not tell integers from reals.</summary>
internal static class Numbers
{
    /// <summary>Null for what is no number.</summary>
    public static double? Real(JsonNode? node) => node is not JsonValue value || value.GetValueKind() != JsonValueKind.Number ? null
        : value.TryGetValue<long>(out var whole) ? whole
        : value.TryGetValue<double>(out var real) ? real
        : value.TryGetValue<int>(out var small) ? small
        : double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) ? parsed : null;

    /// <summary>The number as an integer, where it is written as one or has no fraction.</summary>
    public static long? Whole(JsonNode? node) => node is not JsonValue value || value.GetValueKind() != JsonValueKind.Number ? null
        : value.TryGetValue<long>(out var whole) ? whole
        : value.TryGetValue<int>(out var small) ? small
        : Real(node) is { } real && real == Math.Floor(real) && real is >= long.MinValue and < 9223372036854775808.0 ? (long)real : null;

    /// <summary>As Go's %v prints it: 3, 0.5, 1e+21.</summary>
    public static string Text(double number) => number == Math.Floor(number) && Math.Abs(number) < 1e21
        ? number.ToString("F0", CultureInfo.InvariantCulture)
        : number.ToString("R", CultureInfo.InvariantCulture);
}
