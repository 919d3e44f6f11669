using System.Text;

namespace Vitrine.ApiServer.Selectors;

/// <summary>One term of a field selector.</summary>
/// <param name="Equal">False for <c>!=</c>.</param>
internal sealed record FieldRequirement(string Label, bool Equal, string Value)
{
    /// <summary>Null when the term has no operator or a wrong escape.</summary>
    public static FieldRequirement? Parse(string term)
    {
        int at = term.IndexOf('=');
        if (at <= 0)
        {
            return null;
        }

        bool negated = term[at - 1] == '!';
        int valueAt = !negated && at + 1 < term.Length && term[at + 1] == '=' ? at + 2 : at + 1;
        return Unescape(term[valueAt..]) is { } value ? new FieldRequirement(term[..(negated ? at - 1 : at)].Trim(), !negated, value) : null;
    }

    private static string? Unescape(string value)
    {
        if (!value.Contains('\\') && !value.Contains('='))
        {
            return value;
        }

        StringBuilder plain = new(value.Length);
        for (int i = 0; i < value.Length; i++)
        {
            if (value[i] == '=' || (value[i] == '\\' && (++i == value.Length || value[i] is not ('\\' or ',' or '='))))
            {
                return null;
            }

            plain.Append(value[i]);
        }

        return plain.ToString();
    }
}
