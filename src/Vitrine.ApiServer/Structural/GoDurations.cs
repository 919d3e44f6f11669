using System.Globalization;

namespace Vitrine.ApiServer.Structural;

/// <summary>Go's time.ParseDuration: a sign, then numbers with units, e.g. -1h30m or 1.5ms. Kept in ticks of 100 ns; what is finer is cut off.</summary>
internal static class GoDurations
{
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var rest = text.AsSpan();
        var negative = rest is ['-', ..];
        if (rest is ['-' or '+', ..])
        {
            rest = rest[1..];
        }
        if (rest is "0")
        {
            return true;
        }
        var ticks = 0m;
        if (rest.IsEmpty || rest.Length > 100)
        {
            return false;
        }
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.");
            if (digits <= 0 || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }
            rest = rest[digits..];
            var length = rest.IndexOfAny("0123456789.") is >= 0 and var next ? next : rest.Length;
            if (Unit(rest[..length]) is not { } unit || number > decimal.MaxValue / unit / 2)
            {
                return false;
            }
            ticks += number * unit;
            if (ticks > long.MaxValue / 100)
            {
                return false;
            }
            rest = rest[length..];
        }
        duration = TimeSpan.FromTicks((long)(negative ? -ticks : ticks));
        return true;
    }

    private static decimal? Unit(ReadOnlySpan<char> unit) => unit switch
    {
        "ns" => 0.01m,
        "us" or "µs" or "μs" => 10m,
        "ms" => TimeSpan.TicksPerMillisecond,
        "s" => TimeSpan.TicksPerSecond,
        "m" => TimeSpan.TicksPerMinute,
        "h" => TimeSpan.TicksPerHour,
        _ => null,
    };
}
