using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Vitrine.ApiServer.Structural;

namespace Vitrine.ApiServer.Cel;

/// <summary>Functions of strings, by characters (code points).</summary>
internal static class CelStrings
{
    public static IReadOnlyDictionary<string, CelFunction> All { get; } = new Dictionary<string, CelFunction>
    {
        [".contains"] = static (args, budget) => Two(args, budget) is var (a, b) && a.Contains(b, StringComparison.Ordinal),
        [".startsWith"] = static (args, budget) => Two(args, budget) is var (a, b) && a.StartsWith(b, StringComparison.Ordinal),
        [".endsWith"] = static (args, budget) => Two(args, budget) is var (a, b) && a.EndsWith(b, StringComparison.Ordinal),
        [".matches"] = Matches,
        ["matches"] = Matches,
        [".find"] = static (args, budget) => Matcher(args, budget) is var (text, regex) && regex.Match(text) is { Success: true } match ? match.Value : "",
        [".findAll"] = static (args, budget) =>
        {
            var (text, regex) = Matcher(args, budget);
            var most = args.Length == 3 ? args[2] is long given ? given : throw CelFault.NoOverload() : -1;
            var found = regex.Matches(text).Select(static match => (object?)match.Value);
            return new CelList([.. most < 0 ? found : found.Take((int)Math.Min(most, int.MaxValue))]);
        },
        [".charAt"] = static (args, budget) =>
        {
            var (runes, at) = (Runes(args[0], budget), Long(args[1]));
            return at < 0 || at > runes.Length ? throw new CelFault($"index out of range: {at}") : at == runes.Length ? "" : runes[at].ToString();
        },
        [".lowerAscii"] = static (args, budget) => Map(args, budget, static c => char.IsAsciiLetterUpper(c) ? char.ToLowerInvariant(c) : c),
        [".upperAscii"] = static (args, budget) => Map(args, budget, static c => char.IsAsciiLetterLower(c) ? char.ToUpperInvariant(c) : c),
        [".trim"] = static (args, budget) => Text(args[0], budget).Trim(),
        [".reverse"] = static (args, budget) => string.Concat(Runes(args[0], budget).Reverse()),
        [".replace"] = static (args, budget) => Replace(Text(args[0], budget), Text(args[1], budget), Text(args[2], budget), args.Length == 4 ? Long(args[3]) : -1, budget),
        [".split"] = static (args, budget) => Split(Text(args[0], budget), Text(args[1], budget), args.Length == 3 ? Long(args[2]) : -1, budget),
        [".substring"] = static (args, budget) =>
        {
            var runes = Runes(args[0], budget);
            var (from, to) = (Long(args[1]), args.Length == 3 ? Long(args[2]) : runes.Length);
            return from < 0 || to < from || to > runes.Length ? throw new CelFault($"index out of range: {(from < 0 || from > runes.Length ? from : to)}") : string.Concat(runes[(int)from..(int)to]);
        },
        [".join"] = static (args, budget) =>
        {
            var parts = ((args[0] as CelList ?? throw CelFault.NoOverload()).Items.Select(item => Text(item, budget))).ToArray();
            var separator = args.Length == 2 ? Text(args[1], budget) : "";
            budget.Traverse(parts.Sum(static part => (long)part.Length) + ((long)separator.Length * parts.Length));
            return string.Join(separator, parts);
        },
        [".format"] = static (args, budget) => CelFormat.Write(Text(args[0], budget), args[1] as CelList ?? throw CelFault.NoOverload(), budget),
    };

    internal static string Text(object? value, CelBudget budget)
    {
        var text = value as string ?? throw CelFault.NoOverload();
        budget.Traverse(text.Length);
        return text;
    }

    internal static long Long(object? value) => value is long number ? number : throw CelFault.NoOverload();

    /// <summary>Place of a text within another, in characters; -1 for none.</summary>
    internal static long IndexOf(string text, string part, long? from, bool last)
    {
        var runes = text.EnumerateRunes().ToArray();
        if (from is { } given && (given < 0 || given > runes.Length))
        {
            throw new CelFault($"index out of range: {from}");
        }
        // Offsets in UTF-16 of the characters; one more for the end.
        var offsets = new int[runes.Length + 1];
        for (var i = 0; i < runes.Length; i++)
        {
            offsets[i + 1] = offsets[i] + runes[i].Utf16SequenceLength;
        }
        var start = from is { } f ? offsets[f] : last ? text.Length : 0;
        var at = !last ? text.IndexOf(part, start, StringComparison.Ordinal)
            : text.AsSpan(0, (int)Math.Min(text.Length, (long)start + part.Length)).LastIndexOf(part);
        return at < 0 ? -1 : Array.BinarySearch(offsets, at);
    }

    private static (string, string) Two(object?[] args, CelBudget budget) => (Text(args[0], budget), Text(args[1], budget));

    private static object? Matches(object?[] args, CelBudget budget) => Matcher(args, budget) is var (text, regex) && regex.IsMatch(text);

    private static (string, Regex) Matcher(object?[] args, CelBudget budget)
    {
        var (text, pattern) = Two(args, budget);
        budget.Spend((text.Length + 1) / 10 * (1 + (pattern.Length / 4)));
        return (text, CelPatterns.Of(pattern, budget));
    }

    private static Rune[] Runes(object? value, CelBudget budget) => [.. Text(value, budget).EnumerateRunes()];

    private static string Map(object?[] args, CelBudget budget, Func<char, char> map) => string.Concat(Text(args[0], budget).Select(map));

    private static string Replace(string text, string old, string by, long most, CelBudget budget)
    {
        var made = new StringBuilder();
        var at = 0;
        for (; most != 0; most--)
        {
            var next = old.Length == 0 ? at < text.Length || at == 0 ? at : -1 : text.IndexOf(old, at, StringComparison.Ordinal);
            if (next < 0)
            {
                break;
            }
            budget.Traverse(by.Length + (next - at));
            made.Append(text, at, next - at).Append(by);
            at = next + old.Length;
            if (old.Length == 0)
            {
                if (at == text.Length)
                {
                    break;
                }
                made.Append(text[at++]);
                if (at == text.Length && most != 1)
                {
                    made.Append(by);
                    break;
                }
            }
        }
        return made.Append(text, at, text.Length - at).ToString();
    }

    private static CelList Split(string text, string by, long most, CelBudget budget)
    {
        string[] parts = most == 0 ? []
            : by.Length == 0 ? [.. text.EnumerateRunes().Select(static rune => rune.ToString())]
            : text.Split(by, most < 0 ? int.MaxValue : (int)Math.Min(most, int.MaxValue));
        if (by.Length == 0 && most > 0 && parts.Length > most)
        {
            parts = [.. parts.Take((int)most - 1), string.Concat(parts.Skip((int)most - 1))];
        }
        budget.Spend(parts.Length);
        return new CelList([.. parts]);
    }
}

/// <summary>Patterns that rules match with, compiled once each; the few hundred first ones are kept.</summary>
internal static class CelPatterns
{
    private const int Most = 500;
    private static readonly ConcurrentDictionary<string, Regex> s_known = new(StringComparer.Ordinal);

    public static Regex Of(string pattern, CelBudget budget)
    {
        if (s_known.TryGetValue(pattern, out var known))
        {
            return known;
        }
        budget.Spend(1000 + pattern.Length);
        if (!GoPattern.TryCompile(pattern, out var made, out var why))
        {
            throw new CelFault($"error parsing regexp: {why}");
        }
        if (s_known.Count < Most)
        {
            s_known.TryAdd(pattern, made);
        }
        return made;
    }
}
