using System.Text.RegularExpressions;

namespace Vitrine.Model.Plans.Gateway.Matching;

/// <summary>What a header, query parameter or cookie must be, ready to be asked.</summary>
internal sealed class ValueTest
{
    private readonly Regex? regex;

    public ValueTest(ValueMatch match)
    {
        Match = match;
        Readable = !match.Regex || Expressions.TryParse(match.Value, out regex);
    }

    public ValueMatch Match { get; }

    public bool Readable { get; }

    public bool Fits(string? value) => value is not null && (Match.Regex ? regex?.IsMatch(value) == true : value == Match.Value);
}
