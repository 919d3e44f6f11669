using System.Text;
using System.Text.RegularExpressions;

namespace Vitrine.ApiServer.Validation;

/// <summary>
/// Syntax of names. Each check gives what is wrong, in the words of k8s.io/apimachinery pkg/util/validation, or nothing.
/// All expressions are linear-time: no input makes them slow.
/// </summary>
internal static partial class Names
{
    private const string LabelRegex = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private const string SubdomainRegex = LabelRegex + @"(\." + LabelRegex + ")*";
    private const string QualifiedRegex = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private const string KeyRegex = "[-._a-zA-Z0-9]+";

    public static IEnumerable<string> Label(string name)
    {
        if (Bytes(name) > 63)
        {
            yield return "must be no more than 63 bytes";
        }
        if (!IsLabel().IsMatch(name))
        {
            yield return "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '" + LabelRegex + "')";
        }
    }

    public static IEnumerable<string> Subdomain(string name)
    {
        if (Bytes(name) > 253)
        {
            yield return "must be no more than 253 bytes";
        }
        if (!IsSubdomain().IsMatch(name))
        {
            yield return "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '" + SubdomainRegex + "')";
        }
    }

    /// <summary>A segment of a URL's path (k8s.io/apimachinery pkg/api/validation/path).</summary>
    public static IEnumerable<string> Segment(string name)
    {
        if (name is "." or "..")
        {
            yield return $"may not be '{name}'";
        }
        foreach (var bad in (string[])["/", "%"])
        {
            if (name.Contains(bad, StringComparison.Ordinal))
            {
                yield return $"may not contain '{bad}'";
            }
        }
    }

    /// <summary>"*." and a subdomain.</summary>
    public static IEnumerable<string> Wildcard(string name)
    {
        if (Bytes(name) > 253)
        {
            yield return "must be no more than 253 bytes";
        }
        if (!name.StartsWith("*.", StringComparison.Ordinal) || !IsSubdomain().IsMatch(name[2..]))
        {
            yield return @"a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\*\." + SubdomainRegex + "')";
        }
    }

    /// <summary>A key of labels, annotations, finalizers and resources: an optional subdomain, a slash, a name.</summary>
    public static IEnumerable<string> Qualified(string key)
    {
        const string syntax = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '" + QualifiedRegex + "')";
        var parts = key.Split('/');
        if (parts.Length > 2)
        {
            yield return "a qualified name " + syntax + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
            yield break;
        }
        if (parts.Length == 2 && parts[0].Length == 0)
        {
            yield return "prefix part must be non-empty";
        }
        else if (parts.Length == 2)
        {
            foreach (var fault in Subdomain(parts[0]))
            {
                yield return "prefix part " + fault;
            }
        }
        if (parts[^1].Length == 0)
        {
            yield return "name part must be non-empty";
        }
        else if (Bytes(parts[^1]) > 63)
        {
            yield return "name part must be no more than 63 bytes";
        }
        if (!IsQualified().IsMatch(parts[^1]))
        {
            yield return "name part " + syntax;
        }
    }

    public static IEnumerable<string> LabelValue(string value)
    {
        if (Bytes(value) > 63)
        {
            yield return "must be no more than 63 bytes";
        }
        if (value.Length > 0 && !IsQualified().IsMatch(value))
        {
            yield return "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(" + QualifiedRegex + ")?')";
        }
    }

    /// <summary>A key of a ConfigMap or Secret, which becomes a file name.</summary>
    public static IEnumerable<string> ConfigKey(string key)
    {
        if (Bytes(key) > 253)
        {
            yield return "must be no more than 253 bytes";
        }
        if (!IsConfigKey().IsMatch(key))
        {
            yield return "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '" + KeyRegex + "')";
        }
        if (key is "." or "..")
        {
            yield return $"must not be '{key}'";
        }
        else if (key.StartsWith("..", StringComparison.Ordinal))
        {
            yield return "must not start with '..'";
        }
    }

    public static IEnumerable<string> EnvironmentVariable(string name)
    {
        if (name.Any(c => c is < ' ' or > '~' or '='))
        {
            yield return "a valid environment variable name must consist only of printable ASCII characters other than '='";
        }
    }

    /// <summary>An IANA service name, RFC 6335 section 5.1.</summary>
    public static IEnumerable<string> PortName(string name)
    {
        if (Bytes(name) > 15)
        {
            yield return "must be no more than 15 bytes";
        }
        if (name.Any(c => !(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')))
        {
            yield return "must contain only alphanumeric characters (a-z, 0-9), and hyphens (-)";
        }
        if (!name.Any(char.IsAsciiLetter))
        {
            yield return "must contain at least one letter (a-z)";
        }
        if (name.Contains("--", StringComparison.Ordinal))
        {
            yield return "must not contain consecutive hyphens";
        }
        if (name.StartsWith('-') || name.EndsWith('-'))
        {
            yield return "must not begin or end with a hyphen";
        }
    }

    private static int Bytes(string text) => Encoding.UTF8.GetByteCount(text);

    [GeneratedRegex("^" + LabelRegex + @"\z", RegexOptions.NonBacktracking)]
    private static partial Regex IsLabel();

    [GeneratedRegex("^" + SubdomainRegex + @"\z", RegexOptions.NonBacktracking)]
    private static partial Regex IsSubdomain();

    [GeneratedRegex("^" + QualifiedRegex + @"\z", RegexOptions.NonBacktracking)]
    private static partial Regex IsQualified();

    [GeneratedRegex("^" + KeyRegex + @"\z", RegexOptions.NonBacktracking)]
    private static partial Regex IsConfigKey();
}
