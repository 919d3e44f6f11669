using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Gateway.Ingresses;

/// <summary>Basic authentication from a Secret: lines of an htpasswd file under "auth", or (auth-map) a user a key.</summary>
internal static class AuthReading
{
    /// <summary>Null, with the reason noted, where nobody can be let in.</summary>
    public static BasicAuthFilter? Read(AnnotationNotes notes, Lookups lookups)
    {
        const string then = "; all requests get 503";
        if (notes.Text("auth-type") != "basic")
        {
            notes.Wrong("auth-type", $"only basic is supported{then}");
            return null;
        }
        if (notes.Text("auth-secret") is not { } reference)
        {
            notes.Wrong("auth-secret", $"is missing, though auth-type is basic{then}");
            return null;
        }
        var key = reference.Contains('/') ? reference : $"{notes.Namespace}/{reference}";
        if (!key.StartsWith($"{notes.Namespace}/", StringComparison.Ordinal))
        {
            notes.Wrong("auth-secret", $"secret/{key} is in another namespace{then}");
            return null;
        }
        if (lookups.Secret(key) is not { } secret)
        {
            notes.Wrong("auth-secret", $"secret/{key} does not exist{then}");
            return null;
        }
        var isMap = notes.Text("auth-secret-type") == "auth-map";
        var users = (isMap ? secret.Values.Select(v => (v.Key, v.Value.Trim())) : Lines(secret.Values.GetValueOrDefault("auth") ?? "")).Where(u => IsHash(u.Item2)).ToArray();
        if (users.Length > 0)
            return new BasicAuthFilter(notes.Text("auth-realm") ?? "Authentication Required", users.GroupBy(u => u.Item1, StringComparer.Ordinal).ToImmutableDictionary(g => g.Key, g => g.Last().Item2));
        notes.Wrong("auth-secret", $"secret/{key} holds no user with a bcrypt, SHA or apr1 hash{(isMap ? "" : " under \"auth\"")}{then}");
        return null;
    }

    private static IEnumerable<(string, string)> Lines(string file) => file.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Where(l => !l.StartsWith('#') && l.Contains(':')).Select(l => (l[..l.IndexOf(':')], l[(l.IndexOf(':') + 1)..]));

    private static bool IsHash(string hash) => hash.StartsWith("$2", StringComparison.Ordinal) || hash.StartsWith("{SHA}", StringComparison.Ordinal) || hash.StartsWith("$apr1$", StringComparison.Ordinal);
}
