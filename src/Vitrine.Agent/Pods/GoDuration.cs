using System.Globalization;

namespace Vitrine.Agent.Pods;

/// <summary>Durations as Go prints them ("1m20s", "850ms"): the form kubelet's messages have.</summary>
internal static class GoDuration
{
    /// <summary>Whole numbers of hours, minutes, seconds and milliseconds: "1h30m", "90s"; null for anything else.</summary>
    public static TimeSpan? Parse(ReadOnlySpan<char> text)
    {
        var sum = TimeSpan.Zero;
        do
        {
            var digits = text.IndexOfAnyExceptInRange('0', '9');
            if (digits <= 0 || !int.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            text = text[digits..];
            var unit = text.IndexOfAnyInRange('0', '9') is >= 0 and var next ? text[..next] : text;
            text = text[unit.Length..];
            TimeSpan? part = unit switch { "h" => TimeSpan.FromHours(number), "m" => TimeSpan.FromMinutes(number), "s" => TimeSpan.FromSeconds(number), "ms" => TimeSpan.FromMilliseconds(number), _ => null };
            if (part is not { } given)
            {
                return null;
            }

            sum += given;
        }
        while (text.Length > 0);
        return sum;
    }

    public static string Format(TimeSpan span)
    {
        var culture = CultureInfo.InvariantCulture;
        if (span < TimeSpan.FromSeconds(1))
        {
            return string.Create(culture, $"{span.TotalMilliseconds:0.###}ms");
        }

        var seconds = string.Create(culture, $"{span.Seconds + span.Milliseconds / 1000.0:0.###}s");
        return ((int)span.TotalHours, span.Minutes) switch
        {
            (0, 0) => seconds,
            (0, var minutes) => string.Create(culture, $"{minutes}m{seconds}"),
            (var hours, var minutes) => string.Create(culture, $"{hours}h{minutes}m{seconds}"),
        };
    }
}
