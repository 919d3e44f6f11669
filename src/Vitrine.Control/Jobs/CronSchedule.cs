using System.Globalization;

namespace Vitrine.Control.Jobs;

/// <summary>
/// A CronJob's schedule: five fields, names, ranges, lists, steps, @hourly and its like. Where day of month and
/// day of week are both restricted, either is enough, as cron has it.
/// </summary>
internal sealed class CronSchedule
{
    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
    private readonly ulong minutes;
    private readonly ulong hours;
    private readonly ulong days;
    private readonly ulong months;
    private readonly ulong weekdays;
    private readonly bool anyDay;
    private readonly bool anyWeekday;
    private readonly TimeZoneInfo zone;

    /// <summary>Throws <see cref="FormatException"/> for what is no schedule.</summary>
    private CronSchedule(string[] fields, TimeZoneInfo zone)
    {
        this.zone = zone;
        minutes = Field(fields[0], 0, 59, []);
        hours = Field(fields[1], 0, 23, []);
        days = Field(fields[2], 1, 31, []);
        months = Field(fields[3], 1, 12, Months);
        weekdays = Field(fields[4], 0, 7, Days);
        weekdays |= (weekdays >> 7) & 1;
        anyDay = fields[2][0] is '*' or '?';
        anyWeekday = fields[4][0] is '*' or '?';
    }

    public static CronSchedule Parse(string text, string? timeZone)
    {
        var zone = timeZone is null ? TimeZoneInfo.Utc : TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var found) ? found : throw new FormatException($"unknown time zone {timeZone}");
        var line = text.Trim() switch
        {
            "@yearly" or "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" or "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            var other => other,
        };
        var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return fields.Length == 5 ? new CronSchedule(fields, zone) : throw new FormatException($"\"{text}\": five fields are expected, {fields.Length} found");
    }

    /// <summary>The first time after <paramref name="after"/> (UTC), or null within five years (31 February).</summary>
    public DateTime? Next(DateTime after)
    {
        var local = TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(after, DateTimeKind.Utc), zone);
        var at = new DateTime(local.Year, local.Month, local.Day, local.Hour, local.Minute, 0, DateTimeKind.Unspecified).AddMinutes(1);
        var end = at.AddYears(5);
        while (at < end)
        {
            if (!Has(months, at.Month))
            {
                at = new DateTime(at.Year, at.Month, 1, 0, 0, 0, DateTimeKind.Unspecified).AddMonths(1);
            }
            else if (!IsDay(at))
            {
                at = at.Date.AddDays(1);
            }
            else if (!Has(hours, at.Hour))
            {
                at = at.Date.AddHours(at.Hour + 1);
            }
            else if (!Has(minutes, at.Minute) || zone.IsInvalidTime(at))
            {
                // A time that summer time leaps over does not happen.
                at = at.AddMinutes(1);
            }
            else
            {
                var utc = TimeZoneInfo.ConvertTimeToUtc(at, zone);
                if (utc > after)
                {
                    return utc;
                }

                at = at.AddMinutes(1);
            }
        }

        return null;
    }

    private bool IsDay(DateTime at)
    {
        var (day, weekday) = (Has(days, at.Day), Has(weekdays, (int)at.DayOfWeek));
        return anyDay || anyWeekday ? day && weekday : day || weekday;
    }

    private static bool Has(ulong set, int value) => (set >> value & 1) != 0;

    private static ulong Field(string text, int least, int most, string[] names)
    {
        var set = 0ul;
        foreach (var part in text.Split(','))
        {
            var slash = part.Split('/');
            var ends = slash[0].Split('-');
            var all = slash[0] is "*" or "?";
            var from = all ? least : Value(ends[0]);
            var to = all ? most : ends.Length == 2 ? Value(ends[1]) : slash.Length == 2 ? most : from;
            var step = slash.Length == 2 ? Number(slash[1]) : 1;
            if (slash.Length > 2 || ends.Length > 2 || from < least || to > most || from > to || step < 1)
            {
                throw new FormatException($"\"{part}\" is out of {least}-{most}");
            }

            for (var i = from; i <= to; i += step)
            {
                set |= 1ul << i;
            }
        }

        return set;

        int Value(string word) => Array.FindIndex(names, n => n.Equals(word, StringComparison.OrdinalIgnoreCase)) is >= 0 and var named ? named + (least == 1 ? 1 : 0) : Number(word);

        static int Number(string word) => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException($"\"{word}\" is no number");
    }
}
