using System.Globalization;

namespace Vitrine.Agent.Pods;

/// <summary>Durations as Go prints them ("1m20s", "850ms"): the form kubelet's messages have.</summary>
internal static class GoDuration
{
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
