using System.Globalization;

namespace Vitrine.ApiServer.Cel;

/// <summary>Parts of a time, in UTC or a zone ("-02:30" or "Europe/Berlin"), and of a duration. Months, days of the month and of the year count from 0, getDate from 1.</summary>
internal static class CelTimes
{
    public static IReadOnlyDictionary<string, CelFunction> All { get; } = new Dictionary<string, CelFunction>
    {
        [".getFullYear"] = Of(static time => time.Year),
        [".getMonth"] = Of(static time => time.Month - 1),
        [".getDate"] = Of(static time => time.Day),
        [".getDayOfMonth"] = Of(static time => time.Day - 1),
        [".getDayOfWeek"] = Of(static time => (long)time.DayOfWeek),
        [".getDayOfYear"] = Of(static time => time.DayOfYear - 1),
        [".getHours"] = Of(static time => time.Hour, static span => (long)Math.Truncate(span.TotalHours)),
        [".getMinutes"] = Of(static time => time.Minute, static span => (long)Math.Truncate(span.TotalMinutes)),
        [".getSeconds"] = Of(static time => time.Second, static span => (long)Math.Truncate(span.TotalSeconds)),
        [".getMilliseconds"] = Of(static time => time.Millisecond, static span => span.Milliseconds),
    };

    private static CelFunction Of(Func<DateTimeOffset, long> part, Func<TimeSpan, long>? ofSpan = null) => (args, _) => args switch
    {
        [DateTimeOffset time] => part(time.ToUniversalTime()),
        [DateTimeOffset time, string zone] => part(In(time, zone)),
        [TimeSpan span] when ofSpan is not null => ofSpan(span),
        _ => throw CelFault.NoOverload(),
    };

    private static DateTimeOffset In(DateTimeOffset time, string zone)
    {
        if (TimeSpan.TryParseExact(zone.TrimStart('+', '-'), "hh\\:mm", CultureInfo.InvariantCulture, out var offset) && offset <= TimeSpan.FromHours(14))
        {
            return time.ToOffset(zone.StartsWith('-') ? -offset : offset);
        }
        return TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var known) ? TimeZoneInfo.ConvertTime(time, known) : throw new CelFault($"unknown time zone {zone}");
    }
}
