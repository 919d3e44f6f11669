using System.Globalization;
using System.Net;
using System.Text;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Structural;

namespace Vitrine.ApiServer.Cel;

/// <summary>From one type to another: int(x), string(x), timestamp(x) and the like.</summary>
internal static class CelConversions
{
    private static readonly Encoding s_strict = new UTF8Encoding(false, throwOnInvalidBytes: true);

    public static IReadOnlyDictionary<string, CelFunction> All { get; } = new Dictionary<string, CelFunction>
    {
        ["type"] = static (args, _) => new CelTypeName(CelValues.TypeName(args[0])),
        ["dyn"] = static (args, _) => args[0],
        ["bool"] = static (args, _) => args[0] switch
        {
            bool truth => truth,
            "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
            "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
            _ => throw Fault(args[0], "bool"),
        },
        ["int"] = static (args, _) => args[0] switch
        {
            long number => number,
            ulong number => number <= long.MaxValue ? (long)number : throw new CelFault("integer overflow"),
            double number => Math.Truncate(number) is > -9223372036854775808.0 and < 9223372036854775808.0 and var whole ? (long)whole : throw new CelFault("integer overflow"),
            string text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw Fault(text, "int"),
            DateTimeOffset moment => moment.ToUnixTimeSeconds(),
            _ => throw Fault(args[0], "int"),
        },
        ["uint"] = static (args, _) => args[0] switch
        {
            ulong number => number,
            long number => number >= 0 ? (ulong)number : throw new CelFault("unsigned integer overflow"),
            double number => Math.Truncate(number) is > -1 and < 18446744073709551616.0 and var whole ? (ulong)whole : throw new CelFault("unsigned integer overflow"),
            string text => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Fault(text, "uint"),
            _ => throw Fault(args[0], "uint"),
        },
        ["double"] = static (args, _) => args[0] switch
        {
            double number => number,
            long number => (double)number,
            ulong number => (double)number,
            string text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw Fault(text, "double"),
            _ => throw Fault(args[0], "double"),
        },
        ["bytes"] = static (args, budget) => args[0] is string text ? Paid(Encoding.UTF8.GetBytes(text), text.Length, budget) : args[0] as byte[] ?? throw Fault(args[0], "bytes"),
        ["string"] = static (args, budget) => Paid(String(args[0]), args[0] is string or byte[] ? 0 : 10, budget),
        ["timestamp"] = static (args, _) => args[0] switch
        {
            DateTimeOffset moment => moment,
            string text => Timestamp(text) ?? throw Fault(text, "timestamp"),
            long seconds => CelOperators.Checked(() => DateTimeOffset.FromUnixTimeSeconds(seconds)),
            _ => throw Fault(args[0], "timestamp"),
        },
        ["duration"] = static (args, _) => args[0] switch
        {
            TimeSpan span => span,
            string text => GoDurations.TryParse(text, out var span) ? span : throw Fault(text, "duration"),
            _ => throw Fault(args[0], "duration"),
        },
    };

    /// <summary>RFC 3339, or a date alone. Null for anything else.</summary>
    public static DateTimeOffset? Timestamp(string text) => (Formats.Accepts("date-time", text) || Formats.Accepts("date", text))
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment : null;

    public static string String(object? value) => value switch
    {
        string text => text,
        bool truth => truth ? "true" : "false",
        long number => CelValues.Text(number),
        ulong number => number.ToString(CultureInfo.InvariantCulture),
        double number => CelValues.Text(number),
        byte[] bytes => Utf8(bytes),
        DateTimeOffset moment => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture),
        TimeSpan span => (span.Ticks / (decimal)TimeSpan.TicksPerSecond).ToString("0.#######", CultureInfo.InvariantCulture) + "s",
        Quantity or IPAddress or CelCidr => value.ToString()!,
        Uri url => url.OriginalString,
        _ => throw Fault(value, "string"),
    };

    private static string Utf8(byte[] bytes)
    {
        try
        {
            return s_strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new CelFault("invalid UTF-8 in bytes, cannot convert to string");
        }
    }

    private static T Paid<T>(T value, long length, CelBudget budget)
    {
        budget.Traverse(length);
        return value;
    }

    private static CelFault Fault(object? value, string type) => new($"type conversion error from '{CelValues.TypeName(value)}' to '{type}'");
}
