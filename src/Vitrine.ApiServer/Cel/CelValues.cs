using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Structural;

namespace Vitrine.ApiServer.Cel;

/// <summary>
/// Values while a rule is evaluated: null, bool, long, ulong, double, string, byte[], DateTimeOffset, TimeSpan, <see cref="CelList"/>, <see cref="CelMap"/>,
/// <see cref="CelObject"/>, <see cref="CelOptional"/>, <see cref="CelTypeName"/>, Quantity, IPAddress, <see cref="CelCidr"/>, Uri, <see cref="CelFormatName"/>.
/// </summary>
internal static class CelValues
{
    /// <param name="node">Of an object; wrapped, not copied.</param>
    /// <param name="schema">Its own; null where nothing is known.</param>
    public static object? From(JsonNode? node, StructuralSchema? schema) => node switch
    {
        null => null,
        JsonArray list => new CelList(new JsonItems(list, schema?.Items), schema is { ListType.Length: > 0 } ? schema : null),
        JsonObject map => schema is { Type: "object", Additional: null } ? new CelObject(map, schema.Embedded ? CelFields.WithMeta(schema) : schema) : new CelMap(map, schema?.Additional),
        _ => Scalar(node, schema),
    };

    private static object? Scalar(JsonNode node, StructuralSchema? schema)
    {
        if (node.AsText() is { } text)
        {
            return schema is not { Type: "string", Format.Length: > 0 } ? text : schema.Format switch
            {
                "date" or "date-time" => CelConversions.Timestamp(text) ?? (object)text,
                "duration" => GoDurations.TryParse(text, out var duration) ? duration : text,
                "byte" => Convert.FromBase64String(text),
                _ => text,
            };
        }
        return node.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ when schema?.Type == "number" => Numbers.Real(node),
            _ => (object?)Numbers.Whole(node) ?? Numbers.Real(node),
        };
    }

    public static bool AreEqual(object? one, object? other, CelBudget budget)
    {
        budget.Spend(1);
        switch (one, other)
        {
            case (null, null):
                return true;
            case (null, _) or (_, null):
                return false;
            case (string a, string b):
                budget.Traverse(Math.Min(a.Length, b.Length));
                return a == b;
            case (byte[] a, byte[] b):
                return a.AsSpan().SequenceEqual(b);
            case (CelList a, CelList b):
                return a.IsEqual(b, budget);
            case (CelOptional a, CelOptional b):
                return a.HasValue == b.HasValue && (!a.HasValue || AreEqual(a.Value, b.Value, budget));
            case (Quantity a, Quantity b):
                return a.CompareTo(b) == 0;
            case (long or ulong or double, long or ulong or double):
                return Compare(one, other) == 0;
        }
        return CelMap.Of(one) is { } map && CelMap.Of(other) is { } with ? map.IsEqual(with, budget) : one.Equals(other);
    }

    /// <summary>Null for what has no order, such as a NaN.</summary>
    public static int? Compare(object? one, object? other) => (one, other) switch
    {
        (long a, long b) => a.CompareTo(b),
        (ulong a, ulong b) => a.CompareTo(b),
        (long a, ulong b) => a < 0 ? -1 : ((ulong)a).CompareTo(b),
        (ulong a, long b) => b < 0 ? 1 : a.CompareTo((ulong)b),
        (double a, double b) => double.IsNaN(a) || double.IsNaN(b) ? null : a.CompareTo(b),
        (double a, long b) => double.IsNaN(a) ? null : a.CompareTo(b),
        (long a, double b) => double.IsNaN(b) ? null : ((double)a).CompareTo(b),
        (double a, ulong b) => double.IsNaN(a) ? null : a.CompareTo(b),
        (ulong a, double b) => double.IsNaN(b) ? null : ((double)a).CompareTo(b),
        (bool a, bool b) => a.CompareTo(b),
        (string a, string b) => Math.Sign(string.CompareOrdinal(a, b)),
        (byte[] a, byte[] b) => a.AsSpan().SequenceCompareTo(b),
        (DateTimeOffset a, DateTimeOffset b) => a.CompareTo(b),
        (TimeSpan a, TimeSpan b) => a.CompareTo(b),
        (Quantity a, Quantity b) => a.CompareTo(b),
        _ => null,
    };

    public static string TypeName(object? value) => value switch
    {
        null => "null_type",
        bool => "bool",
        long => "int",
        ulong => "uint",
        double => "double",
        string => "string",
        byte[] => "bytes",
        DateTimeOffset => "google.protobuf.Timestamp",
        TimeSpan => "google.protobuf.Duration",
        CelList => "list",
        CelMap => "map",
        CelObject => "object",
        CelOptional => "optional_type",
        CelTypeName => "type",
        Quantity => "kubernetes.Quantity",
        IPAddress => "net.IP",
        CelCidr => "net.CIDR",
        CelFormatName => "kubernetes.NamedFormat",
        _ => "kubernetes.URL",
    };

    /// <summary>As Go's %v prints a double.</summary>
    public static string Text(double number) => number switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => double.IsNaN(number) ? "NaN" : Numbers.Text(number),
    };

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A type as a value: type(x) == int.</summary>
internal sealed record CelTypeName(string Name);

/// <summary>A value or none.</summary>
internal sealed record CelOptional(bool HasValue, object? Value)
{
    public static CelOptional None { get; } = new(false, null);

    public static CelOptional Of(object? value) => new(true, value);
}

/// <summary>An object with fields of a schema.</summary>
internal sealed record CelObject(JsonObject Node, StructuralSchema Schema)
{
    public bool TryGet(string field, out object? value)
    {
        value = null;
        if (!Schema.Properties.TryGetValue(field, out var property) || !Node.TryGetPropertyValue(field, out var found))
        {
            return false;
        }
        value = CelValues.From(found, property);
        return true;
    }
}
