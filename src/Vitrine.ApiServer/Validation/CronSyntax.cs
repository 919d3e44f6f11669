using System.Globalization;
using System.Text.RegularExpressions;

namespace Vitrine.ApiServer.Validation;

/// <summary>
/// The five fields of a schedule, names of months and days, and descriptors such as @daily: crontab(5) as upstream's parser reads
/// it, with its words for what is wrong (github.com/robfig/cron/v3).
/// </summary>
internal static partial class CronSyntax
{
    private static readonly (int Least, int Most, string[] Names)[] Fields =
    [
        (0, 59, []),
        (0, 23, []),
        (1, 31, []),
        (1, 12, ["", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
        (0, 6, ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
    ];

    /// <summary>Null for a good one.</summary>
    public static string? Fault(string schedule)
    {
        var text = schedule;
        if (text.StartsWith("TZ=", StringComparison.Ordinal) || text.StartsWith("CRON_TZ=", StringComparison.Ordinal))
        {
            var space = text.IndexOf(' ', StringComparison.Ordinal);
            text = space < 0 ? "" : text[space..].Trim();
        }
        if (text.Length == 0)
        {
            return "empty spec string";
        }
        if (text[0] == '@')
        {
            return Descriptor(text);
        }
        var fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return fields.Length != Fields.Length
            ? $"expected exactly 5 fields, found {fields.Length}: [{string.Join(' ', fields)}]"
            : fields.Zip(Fields).SelectMany(pair => pair.First.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(part => Range(part, pair.Second))).FirstOrDefault(fault => fault is not null);
    }

    private static string? Descriptor(string text) => text switch
    {
        "@yearly" or "@annually" or "@monthly" or "@weekly" or "@daily" or "@midnight" or "@hourly" => null,
        _ when text.StartsWith("@every ", StringComparison.Ordinal) => Duration().IsMatch(text["@every ".Length..]) ? null : $"failed to parse duration {text}: time: invalid duration \"{text["@every ".Length..]}\"",
        _ => $"unrecognized descriptor: {text}",
    };

    private static string? Range(string expression, (int Least, int Most, string[] Names) field)
    {
        var steps = expression.Split('/');
        var ends = steps[0].Split('-');
        var all = ends[0] is "*" or "?";
        var (first, last) = (field.Least, field.Most);
        if (!all)
        {
            if (ends.Length > 2)
            {
                return $"too many hyphens: {expression}";
            }
            if (Number(ends[0], field.Names) is not { } begin)
            {
                return Unreadable(ends[0]);
            }
            if (Number(ends[^1], field.Names) is not { } end)
            {
                return Unreadable(ends[^1]);
            }
            (first, last) = (begin, ends.Length == 1 && steps.Length == 2 ? field.Most : end);
        }
        if (steps.Length > 2)
        {
            return $"too many slashes: {expression}";
        }
        var step = 1;
        if (steps.Length == 2)
        {
            if (Number(steps[1], []) is not { } given)
            {
                return Unreadable(steps[1]);
            }
            step = given;
        }
        return first < field.Least ? $"beginning of range ({first}) below minimum ({field.Least}): {expression}"
            : last > field.Most ? $"end of range ({last}) above maximum ({field.Most}): {expression}"
            : first > last ? $"beginning of range ({first}) beyond end of range ({last}): {expression}"
            : step == 0 ? $"step of range should be a positive number: {expression}"
            : null;
    }

    private static int? Number(string text, string[] names)
    {
        var named = text.Length == 0 ? -1 : Array.IndexOf(names, text.ToLowerInvariant());
        return named >= 0 ? named : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static string Unreadable(string text) => $"failed to parse int from {text}: strconv.Atoi: parsing \"{text}\": invalid syntax";

    [GeneratedRegex(@"^[-+]?(0|([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+\z", RegexOptions.NonBacktracking)]
    private static partial Regex Duration();
}
