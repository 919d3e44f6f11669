using System.Text.RegularExpressions;

namespace Vitrine.Agent.Images;

/// <summary>An image reference as written in a pod: [host[:port]/]path[:tag][@digest].</summary>
internal static partial class ImageName
{
    public static bool IsValid(string name) => name.Length <= 1024 && Reference().IsMatch(name);

    /// <summary>Name with docker.io, library/ and :latest filled in: what the runtime's list shows.</summary>
    public static string Normalize(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var host = slash < 0 ? "" : name[..slash];
        var full = host.Contains('.', StringComparison.Ordinal) || host.Contains(':', StringComparison.Ordinal) || host == "localhost"
            ? name
            : slash < 0 ? "docker.io/library/" + name : "docker.io/" + name;
        var path = full[(full.LastIndexOf('/') + 1)..];
        return path.Contains(':', StringComparison.Ordinal) || path.Contains('@', StringComparison.Ordinal) ? full : full + ":latest";
    }

    /// <summary>The registry the image comes from when no mirror has it.</summary>
    public static string Registry(string name) => Normalize(name).Split('/')[0];

    // https://github.com/distribution/reference: the grammar in its doc comment.
    [GeneratedRegex(@"^(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::[0-9]+)?/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::[\w][\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$", RegexOptions.NonBacktracking)]
    private static partial Regex Reference();
}
