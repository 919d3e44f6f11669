using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace Vitrine.ApiServer.Structural;

/// <summary>
/// Regular expressions as Go reads them (RE2: https://github.com/google/re2/wiki/Syntax), which match in linear time. .NET's linear engine has the
/// same semantics once a few spellings are changed: \d, \w and \s mean ASCII, $ is the very end, and classes such as [[:alpha:]] have names.
/// </summary>
internal static class GoPattern
{
    private static readonly Dictionary<string, string> Classes = new()
    {
        ["alnum"] = "0-9A-Za-z", ["alpha"] = "A-Za-z", ["ascii"] = @"\x00-\x7f", ["blank"] = @"\t ", ["cntrl"] = @"\x00-\x1f\x7f", ["digit"] = "0-9", ["graph"] = "!-~",
        ["lower"] = "a-z", ["print"] = " -~", ["punct"] = @"!-/:-@\[-`{-~", ["space"] = @"\t\n\v\f\r ", ["upper"] = "A-Z", ["word"] = "0-9A-Za-z_", ["xdigit"] = "0-9A-Fa-f",
    };

    // Schemas repeat their patterns, and a compiled one takes tens of kilobytes: all who use one share it, and it goes with the last of them.
    private static readonly ConcurrentDictionary<string, WeakReference<Regex>> Shared = new(StringComparer.Ordinal);

    /// <summary>A pattern that compiles.</summary>
    public static Regex Of(string pattern)
    {
        if (Shared.TryGetValue(pattern, out var known) && known.TryGetTarget(out var regex))
        {
            return regex;
        }
        foreach (var (gone, _) in Shared.Where(static pair => !pair.Value.TryGetTarget(out _)))
        {
            Shared.TryRemove(gone, out _);
        }
        regex = TryCompile(pattern, out var made, out var fault) ? made : throw new ArgumentException(fault, nameof(pattern));
        Shared[pattern] = new WeakReference<Regex>(regex);
        return regex;
    }

    /// <summary>False with the reason for what Go would not compile, and for the little that .NET cannot match in linear time.</summary>
    public static bool TryCompile(string pattern, out Regex matcher, out string fault)
    {
        (matcher, fault) = (null!, "");
        try
        {
            matcher = new Regex(Translate(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            fault = e.Message;
            return false;
        }
    }

    internal static string Translate(string pattern)
    {
        var made = new StringBuilder(pattern.Length + 8);
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                i = Escape(pattern, i + 1, inClass, made);
            }
            else if (inClass)
            {
                i = InClass(pattern, i, made, ref inClass);
            }
            else if (c == '[')
            {
                inClass = true;
                made.Append(c);
                if (i + 1 < pattern.Length && pattern[i + 1] == '^')
                {
                    made.Append(pattern[++i]);
                }
                if (i + 1 < pattern.Length && pattern[i + 1] == ']')
                {
                    made.Append("\\]");
                    i++;
                }
            }
            else if (c == '(' && pattern.AsSpan(i).StartsWith("(?P<"))
            {
                made.Append("(?<");
                i += 3;
            }
            else
            {
                made.Append(c == '$' ? "\\z" : c.ToString());
            }
        }
        return made.ToString();
    }

    private static int InClass(string pattern, int i, StringBuilder made, ref bool inClass)
    {
        var c = pattern[i];
        if (c == '[' && i + 1 < pattern.Length && pattern[i + 1] == ':' && pattern.IndexOf(":]", i, StringComparison.Ordinal) is > 0 and var end
            && Classes.TryGetValue(pattern[(i + 2)..end], out var set))
        {
            made.Append(set);
            return end + 1;
        }
        inClass = c != ']';
        // A bracket in a class is itself; .NET would read it as the start of a subtraction after a dash.
        made.Append(c == '[' ? "\\[" : c.ToString());
        return i;
    }

    /// <summary>Index of the last character that was taken.</summary>
    private static int Escape(string pattern, int i, bool inClass, StringBuilder made)
    {
        var set = pattern[i] switch { 'd' or 'D' => "0-9", 'w' or 'W' => "0-9A-Za-z_", 's' or 'S' => @"\t\n\f\r ", _ => "" };
        if (set.Length > 0 && char.IsLower(pattern[i]))
        {
            made.Append(inClass ? set : $"[{set}]");
        }
        else if (set.Length > 0 && !inClass)
        {
            made.Append($"[^{set}]");
        }
        else if (pattern[i] is 'p' or 'P' && i + 1 < pattern.Length && pattern[i + 1] != '{')
        {
            made.Append('\\').Append(pattern[i]).Append('{').Append(pattern[++i]).Append('}');
        }
        else
        {
            made.Append('\\').Append(pattern[i]);
        }
        return i;
    }
}
