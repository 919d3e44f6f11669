namespace Vitrine.Model.Plans.Gateway;

/// <summary>How the path of a request is compared.</summary>
public enum PathKind
{
    /// <summary>The whole path, letter by letter.</summary>
    Exact,

    /// <summary>Element by element: /foo matches /foo and /foo/bar, not /foobar (networking.k8s.io/v1 pathType Prefix, Gateway API PathPrefix).</summary>
    Prefix,

    /// <summary>A regular expression over the whole path, without backtracking.</summary>
    Regex,
}
