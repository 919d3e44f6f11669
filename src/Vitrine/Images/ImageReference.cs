using System.Text.RegularExpressions;

namespace Vitrine.Images;

/// <summary>
/// A normalised image reference, host/path:tag or host/path@digest, as the distribution reference grammar has it:
/// "nginx" is docker.io/library/nginx:latest.
/// </summary>
internal sealed partial record ImageReference(string Host, string Path, string Tag)
{
    public override string ToString() => Tag.StartsWith("sha256:", StringComparison.Ordinal) ? $"{Host}/{Path}@{Tag}" : $"{Host}/{Path}:{Tag}";

    /// <summary>Throws <see cref="CommandFailure"/> where the text is no reference.</summary>
    public static ImageReference Parse(string text) =>
        TryParse(text) ?? throw new CommandFailure($"\"{text}\" is not an image reference", "write it as [HOST/]PATH[:TAG], all lower case");

    public static ImageReference? TryParse(string text)
    {
        var rest = text;
        var tag = "latest";
        if (rest.IndexOf('@') is var at and >= 0)
        {
            tag = rest[(at + 1)..];
            rest = rest[..at];
        }
        else if (rest.LastIndexOf(':') is var colon && colon > rest.LastIndexOf('/'))
        {
            tag = rest[(colon + 1)..];
            rest = rest[..colon];
        }

        var slash = rest.IndexOf('/');
        var first = slash < 0 ? "" : rest[..slash];
        var hosted = first == "localhost" || first.AsSpan().ContainsAny('.', ':');
        var host = hosted ? first : "docker.io";
        var path = hosted ? rest[(slash + 1)..] : slash < 0 ? $"library/{rest}" : rest;
        return HostGrammar().IsMatch(host) && PathGrammar().IsMatch(path) && TagGrammar().IsMatch(tag) ? new ImageReference(host, path, tag) : null;
    }

    [GeneratedRegex(@"^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$")]
    private static partial Regex PathGrammar();

    [GeneratedRegex(@"^(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?$")]
    private static partial Regex HostGrammar();

    [GeneratedRegex(@"^(?:[\w][\w.-]{0,127}|sha256:[0-9a-f]{64})$")]
    private static partial Regex TagGrammar();
}
