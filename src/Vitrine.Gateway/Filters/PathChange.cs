using System.Text;
using System.Text.RegularExpressions;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Plans.Gateway.Matching;

namespace Vitrine.Gateway.Filters;

/// <summary>A path modifier, made ready; it works on decoded paths.</summary>
internal sealed class PathChange
{
    private readonly PathModifier modifier;
    private readonly string prefix;
    private readonly Regex? expression;

    /// <param name="modifier">what is done</param>
    /// <param name="match">of the rule: the prefix or the expression that is replaced</param>
    public PathChange(PathModifier modifier, PathMatch match)
    {
        this.modifier = modifier;
        prefix = match.Value.TrimEnd('/');
        if (modifier.Kind == PathModifierKind.Regex && match.Kind == PathKind.Regex)
            Expressions.TryParse(match.Value, out expression);
    }

    public string Of(string path)
    {
        var changed = modifier.Kind switch
        {
            PathModifierKind.Full => modifier.Value,
            PathModifierKind.Prefix => OfPrefix(path),
            _ => expression?.Match(path) is { Success: true } found ? Fill(found) : modifier.Value,
        };
        return changed.StartsWith('/') ? changed : "/" + changed;
    }

    // Element by element: a slash on either side of the seam, never two (Gateway API, ReplacePrefixMatch).
    private string OfPrefix(string path)
    {
        if (!path.StartsWith(prefix, StringComparison.Ordinal))
            return path;
        var rest = path[prefix.Length..].TrimStart('/');
        var front = modifier.Value.TrimEnd('/');
        return rest.Length > 0 || path.Length > prefix.Length && path.EndsWith('/') ? $"{front}/{rest}" : front.Length > 0 ? modifier.Value : "/";
    }

    // $0 … $9, as nginx has them; nothing else has a meaning.
    private string Fill(Match found)
    {
        var text = new StringBuilder();
        for (var i = 0; i < modifier.Value.Length; i++)
        {
            if (modifier.Value[i] == '$' && i + 1 < modifier.Value.Length && char.IsAsciiDigit(modifier.Value[i + 1]))
                text.Append(found.Groups[modifier.Value[++i] - '0'].Value);
            else
                text.Append(modifier.Value[i]);
        }
        return text.ToString();
    }
}
