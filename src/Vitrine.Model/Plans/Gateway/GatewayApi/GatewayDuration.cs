using System.Globalization;

namespace Vitrine.Model.Plans.Gateway.GatewayApi;

/// <summary>GEP-2257: numbers with h, m, s or ms.</summary>
internal static class GatewayDuration
{
    /// <summary>Null for none, and for zero, which switches a limit off.</summary>
    public static TimeSpan? Read(string text)
    {
        var total = TimeSpan.Zero;
        for (var at = 0; at < text.Length;)
        {
            var start = at;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
                at++;
            if (!int.TryParse(text.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return null;
            var unit = text.AsSpan(at) switch { ['m', 's', ..] => "ms", ['h', ..] => "h", ['m', ..] => "m", ['s', ..] => "s", _ => "" };
            if (unit.Length == 0)
                return null;
            at += unit.Length;
            total += unit switch { "ms" => TimeSpan.FromMilliseconds(number), "h" => TimeSpan.FromHours(number), "m" => TimeSpan.FromMinutes(number), _ => TimeSpan.FromSeconds(number) };
        }
        return total == TimeSpan.Zero ? null : total;
    }
}
