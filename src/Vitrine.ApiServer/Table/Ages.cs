using System.Globalization;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Table;

/// <summary>How long ago, as kubectl prints it.</summary>
internal static class Ages
{
    public static string NameOf(JsonObject obj) => obj.TextAt("metadata.name");

    /// <summary>Age of an object from its creation.</summary>
    public static string Of(JsonObject obj, DateTimeOffset now) => Since(obj["metadata"].Moment("creationTimestamp"), now);

    public static string Since(DateTimeOffset? moment, DateTimeOffset now) =>
        moment is { } at ? Human(now - at) : "<unknown>";

    /// <summary>
    /// k8s.io/apimachinery duration.HumanDuration: two units while the larger one is small, one after that.
    /// Negative by more than a second is "&lt;invalid&gt;" (clock skew), otherwise "0s".
    /// </summary>
    public static string Human(TimeSpan span)
    {
        var seconds = (long)span.TotalSeconds;
        if (seconds < -1)
        {
            return "<invalid>";
        }
        if (seconds < 0)
        {
            return "0s";
        }
        if (seconds < 60 * 2)
        {
            return Text($"{seconds}s");
        }
        var minutes = (long)span.TotalMinutes;
        if (minutes < 10)
        {
            return seconds % 60 == 0 ? Text($"{minutes}m") : Text($"{minutes}m{seconds % 60}s");
        }
        if (minutes < 60 * 3)
        {
            return Text($"{minutes}m");
        }
        var hours = (long)span.TotalHours;
        if (hours < 8)
        {
            return minutes % 60 == 0 ? Text($"{hours}h") : Text($"{hours}h{minutes % 60}m");
        }
        if (hours < 48)
        {
            return Text($"{hours}h");
        }
        if (hours < 24 * 8)
        {
            return hours % 24 == 0 ? Text($"{hours / 24}d") : Text($"{hours / 24}d{hours % 24}h");
        }
        if (hours < 24 * 365 * 2)
        {
            return Text($"{hours / 24}d");
        }
        if (hours < 24 * 365 * 8)
        {
            var days = hours / 24 % 365;
            return days == 0 ? Text($"{hours / 24 / 365}y") : Text($"{hours / 24 / 365}y{days}d");
        }
        return Text($"{hours / 24 / 365}y");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
