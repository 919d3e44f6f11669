using System.Text.RegularExpressions;

namespace Vitrine.Model.Plans.Gateway.Matching;

/// <summary>One path match, ready to be asked.</summary>
internal sealed class PathTest
{
    private readonly Regex? regex;

    public PathTest(PathMatch match)
    {
        Match = match;
        // A slash at a prefix's end counts for nothing, and the prefix of all paths is empty.
        Value = match.Kind == PathKind.Prefix ? match.Value.TrimEnd('/') : match.Value;
        Readable = match.Kind != PathKind.Regex || Expressions.TryParse(match.Value, out regex);
    }

    public PathMatch Match { get; }

    public string Value { get; }

    public bool Readable { get; }

    public bool Fits(ReadOnlySpan<char> path) => Match.Kind switch
    {
        PathKind.Exact => path.SequenceEqual(Value),
        PathKind.Prefix => path.StartsWith(Value, StringComparison.Ordinal) && (path.Length == Value.Length || path[Value.Length] == '/'),
        _ => regex?.IsMatch(path) == true,
    };
}
