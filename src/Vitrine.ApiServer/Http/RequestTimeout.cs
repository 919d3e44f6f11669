using System.Globalization;
using Vitrine.ApiServer.Errors;

namespace Vitrine.ApiServer.Http;

/// <summary>How long a request may take: 60 s, or less where its query says timeout=, a Go duration such as 1m30s. Source: k8s.io/apiserver pkg/endpoints/filters/request_deadline.go.</summary>
internal static class RequestTimeout
{
    public static TimeSpan Longest { get; } = TimeSpan.FromSeconds(60);

    private static readonly (string Unit, double Milliseconds)[] Units = [("ns", 1e-6), ("us", 1e-3), ("µs", 1e-3), ("μs", 1e-3), ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

    /// <summary>Throws a 400 for what is no duration.</summary>
    public static TimeSpan Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return Longest;
        }
        var rest = text.AsSpan();
        var total = 0.0;
        while (rest.Length > 0)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.");
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || UnitAt(rest[digits..]) is not var (unit, milliseconds))
            {
                return text is "0" ? Longest : throw ApiErrors.BadRequest($"invalid timeout specified in the request URL: {text}");
            }
            total += number * milliseconds;
            rest = rest[(digits + unit.Length)..];
        }
        return total > 0 && total < Longest.TotalMilliseconds ? TimeSpan.FromMilliseconds(total) : Longest;
    }

    private static (string Unit, double Milliseconds)? UnitAt(ReadOnlySpan<char> text)
    {
        foreach (var unit in Units)
        {
            // "m" is no unit of "ms": what follows a unit is a number, or nothing.
            if (text.StartsWith(unit.Unit, StringComparison.Ordinal) && (text.Length == unit.Unit.Length || char.IsAsciiDigit(text[unit.Unit.Length]) || text[unit.Unit.Length] == '.'))
            {
                return unit;
            }
        }
        return null;
    }
}
