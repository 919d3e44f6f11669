using System.Collections.Immutable;
using System.Net;

namespace Vitrine.Model.Plans.Gateway.Ingresses;

/// <summary>
/// The annotations of ingress-nginx that people use most, as typed values: nothing of them ever becomes text of a configuration (CVE-2025-1974). One
/// that is not known, or that says something that cannot be done, is a problem; where it was to keep requests out, none gets in.
/// Source: https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/.
/// </summary>
internal static class AnnotationReader
{
    private static readonly ImmutableHashSet<string> Known =
    [
        "rewrite-target", "use-regex", "app-root", "ssl-redirect", "force-ssl-redirect", "proxy-body-size", "proxy-connect-timeout", "proxy-read-timeout", "proxy-send-timeout",
        "affinity", "affinity-mode", "session-cookie-name", "session-cookie-max-age", "session-cookie-path", "upstream-hash-by",
        "enable-cors", "cors-allow-origin", "cors-allow-methods", "cors-allow-headers", "cors-expose-headers", "cors-allow-credentials", "cors-max-age",
        "whitelist-source-range", "allowlist-source-range", "denylist-source-range", "auth-type", "auth-secret", "auth-secret-type", "auth-realm",
        "custom-headers", "x-forwarded-prefix", "upstream-vhost", "backend-protocol",
        "canary", "canary-weight", "canary-weight-total", "canary-by-header", "canary-by-header-value", "canary-by-header-pattern", "canary-by-cookie",
    ];

    /// <summary>Unknown to us, and doors that somebody wanted shut.</summary>
    private static readonly ImmutableHashSet<string> Doors = ["auth-url", "auth-tls-secret", "auth-signin", "satisfy"];

    public static IngressSettings Read(AnnotationNotes notes, Lookups lookups)
    {
        var closed = false;
        foreach (var name in notes.All.Keys.Where(n => !Known.Contains(n)))
        {
            closed |= Doors.Contains(name);
            notes.Unsupported(name, Doors.Contains(name) ? "not supported; since it was to keep requests out, all get 503" : "not supported; it has no effect");
        }
        var guards = ImmutableArray.CreateBuilder<RouteFilter>();
        foreach (var (name, deny) in new[] { ("denylist-source-range", true), ("allowlist-source-range", false), ("whitelist-source-range", false) })
            if (Ranges(notes, name, ref closed) is { IsEmpty: false } ranges)
                guards.Add(new AllowListFilter(ranges, deny));
        if (notes.Text("auth-type") is not null && AuthReading.Read(notes, lookups) is var auth)
        {
            closed |= auth is null;
            if (auth is not null)
                guards.Add(auth);
        }
        return new IngressSettings
        {
            RewriteTarget = Path(notes, "rewrite-target"), UseRegex = notes.Flag("use-regex"), AppRoot = Path(notes, "app-root"),
            SslRedirect = notes.Flag("ssl-redirect", true), ForceSslRedirect = notes.Flag("force-ssl-redirect"),
            BodySize = notes.Size("proxy-body-size") is { } size ? new BodySizeFilter(size) : null,
            Timeouts = new RouteTimeouts(Connect: notes.Seconds("proxy-connect-timeout"), Idle: Longer(notes.Seconds("proxy-read-timeout"), notes.Seconds("proxy-send-timeout"))),
            Affinity = AffinityOf(notes), Cors = CorsOf(notes), Guards = guards.DrainToImmutable(), Answers = AnswersOf(notes, lookups),
            ForwardedPrefix = notes.Text("x-forwarded-prefix"), UpstreamHost = notes.Text("upstream-vhost"), Protocol = ProtocolOf(notes), Canary = CanaryOf(notes), Closed = closed,
        };
    }

    private static TimeSpan? Longer(TimeSpan? one, TimeSpan? other) => one is null || other > one ? other ?? one : one;

    private static string? Path(AnnotationNotes notes, string name)
    {
        if (notes.Text(name) is not { } path || path.StartsWith('/') || (name == "rewrite-target" && path.StartsWith('$')))
            return notes.Text(name);
        notes.Wrong(name, "must begin with /");
        return null;
    }

    private static ImmutableArray<string> Ranges(AnnotationNotes notes, string name, ref bool closed)
    {
        var ranges = notes.List(name);
        foreach (var range in ranges.Where(r => !IPNetwork.TryParse(r, out _) && !IPAddress.TryParse(r, out _)))
        {
            notes.Wrong(name, $"{range} is no range of addresses; all requests get 503");
            closed = true;
        }
        return closed ? [] : [.. ranges.Select(r => r.Contains('/') ? r : $"{r}/{(r.Contains(':') ? 128 : 32)}")];
    }

    private static RouteAffinity? AffinityOf(AnnotationNotes notes)
    {
        if (notes.Text("upstream-hash-by") is { } hash)
        {
            if (hash.StartsWith("$http_", StringComparison.Ordinal) && hash.Length > 6 && !hash.AsSpan(1).ContainsAny("${} "))
                return new RouteAffinity(null, hash[6..].Replace('_', '-'));
            notes.Unsupported("upstream-hash-by", "only a request header ($http_name) is supported; it has no effect");
        }
        switch (notes.Text("affinity"))
        {
            case null:
                return null;
            case "cookie":
                return new RouteAffinity(notes.Text("session-cookie-name") ?? "INGRESSCOOKIE", null, notes.Number("session-cookie-max-age"), notes.Text("session-cookie-path") ?? "/");
            default:
                notes.Wrong("affinity", "must be cookie");
                return null;
        }
    }

    private static CorsFilter? CorsOf(AnnotationNotes notes) => !notes.Flag("enable-cors") ? null : new CorsFilter
    {
        Origins = notes.List("cors-allow-origin") is { IsEmpty: false } origins ? origins : ["*"],
        Methods = notes.List("cors-allow-methods") is { IsEmpty: false } methods ? methods : ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"],
        AllowHeaders = notes.List("cors-allow-headers") is { IsEmpty: false } headers ? headers
            : ["DNT", "Keep-Alive", "User-Agent", "X-Requested-With", "If-Modified-Since", "Cache-Control", "Content-Type", "Range", "Authorization"],
        ExposeHeaders = notes.List("cors-expose-headers"),
        Credentials = notes.Flag("cors-allow-credentials", true),
        MaxAgeSeconds = notes.Number("cors-max-age") ?? 1_728_000,
    };

    private static HeaderFilter? AnswersOf(AnnotationNotes notes, Lookups lookups)
    {
        if (notes.Text("custom-headers") is not { } reference)
            return null;
        var key = reference.Contains('/') ? reference : $"{notes.Namespace}/{reference}";
        if (!key.StartsWith($"{notes.Namespace}/", StringComparison.Ordinal))
            notes.Wrong("custom-headers", $"configmap/{key} is in another namespace; it has no effect");
        else if (lookups.ConfigMap(key) is not { } map)
            notes.Wrong("custom-headers", $"configmap/{key} does not exist; it has no effect");
        else
            return new HeaderFilter(true) { Set = [.. map.Values.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => new HeaderValue(v.Key, v.Value.Trim()))] };
        return null;
    }

    private static UpstreamProtocol? ProtocolOf(AnnotationNotes notes)
    {
        switch (notes.Text("backend-protocol")?.ToUpperInvariant())
        {
            case null:
                return null;
            case "HTTP":
                return UpstreamProtocol.Http;
            case "GRPC":
                return UpstreamProtocol.H2c;
            case "HTTPS" or "GRPCS":
                return UpstreamProtocol.Https;
            default:
                notes.Wrong("backend-protocol", "must be HTTP, HTTPS, GRPC or GRPCS; HTTP is spoken");
                return null;
        }
    }

    private static CanarySettings? CanaryOf(AnnotationNotes notes)
    {
        if (!notes.Flag("canary"))
            return null;
        var pattern = notes.Text("canary-by-header-value") is null ? notes.Text("canary-by-header-pattern") : null;
        var total = notes.Number("canary-weight-total", 1) ?? 100;
        return new CanarySettings(
            Math.Min(notes.Number("canary-weight") ?? 0, total), total, notes.Text("canary-by-header"), notes.Text("canary-by-header-value") ?? pattern, pattern is not null, notes.Text("canary-by-cookie"));
    }
}
