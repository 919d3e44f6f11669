using Vitrine.ApiServer.Errors;

namespace Vitrine.ApiServer.Http;

/// <summary>A resource path taken apart; null parts are absent.</summary>
/// <param name="Watch">True for the old /api/v1/watch/… form.</param>
internal readonly record struct RequestPath(string Group, string Version, string? Namespace, string Plural, string? Name, string? Subresource, bool Watch)
{
    /// <summary>Null when it is not the path of a resource. Throws a 400 for names that cannot be path segments.</summary>
    public static RequestPath? Parse(string path)
    {
        string[] parts = path.TrimEnd('/').Split('/');
        // parts[0] is empty: the path starts with a slash.
        int at;
        string group;
        if (parts.Length > 3 && parts[1] == "api")
        {
            (group, at) = ("", 2);
        }
        else if (parts.Length > 4 && parts[1] == "apis")
        {
            (group, at) = (parts[2], 3);
        }
        else
        {
            return null;
        }

        string version = parts[at++];
        bool watch = parts[at] == "watch";
        if (watch && ++at == parts.Length)
        {
            return null;
        }

        ReadOnlySpan<string> rest = parts.AsSpan(at);
        foreach (string part in rest)
        {
            CheckSegment(part);
        }

        string? ns = null;
        if (rest[0] == "namespaces" && rest.Length > 2 && rest[2] is not ("status" or "finalize"))
        {
            ns = rest[1];
            rest = rest[2..];
        }

        return rest.Length > 3 ? null : new RequestPath(group, version, ns, rest[0], rest.Length > 1 ? rest[1] : null, rest.Length > 2 ? rest[2] : null, watch);
    }

    // https://github.com/kubernetes/apimachinery/blob/master/pkg/api/validation/path/name.go
    private static void CheckSegment(string part)
    {
        if (part.Length == 0 || part is "." or ".." || part.AsSpan().ContainsAny('%', '\0', '\\'))
        {
            throw ApiErrors.BadRequest($"invalid path segment \"{part.Replace('\0', '?')}\": may not be empty, '.', '..' or contain '%', '\\' or NUL");
        }
    }
}
