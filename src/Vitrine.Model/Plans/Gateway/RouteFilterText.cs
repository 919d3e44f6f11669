namespace Vitrine.Model.Plans.Gateway;

/// <summary>Filters in words; of users only the names.</summary>
public static class RouteFilterText
{
    public static string Write(RouteFilter filter) => filter switch
    {
        AllowListFilter list => $"{(list.Deny ? "deny" : "only")} {string.Join(' ', list.Ranges)}",
        BasicAuthFilter auth => $"basic auth \"{auth.Realm}\" for {string.Join(' ', auth.Users.Keys.Order(StringComparer.Ordinal))}",
        BodySizeFilter size => $"body at most {size.Bytes}",
        CorsFilter cors => $"cors origins {string.Join(',', cors.Origins)} methods {string.Join(',', cors.Methods)} headers {string.Join(',', cors.AllowHeaders)} expose {string.Join(',', cors.ExposeHeaders)}{(cors.Credentials ? " credentials" : "")} {cors.MaxAgeSeconds}s",
        HeaderFilter headers => $"{(headers.OfResponse ? "answer" : "request")} headers{Headers(" remove", headers.Remove)}{Headers(" set", headers.Set.Select(Pair))}{Headers(" add", headers.Add.Select(Pair))}",
        MirrorFilter mirror => $"mirror to {mirror.Upstream}{(mirror.Numerator == mirror.Denominator ? "" : $" {mirror.Numerator}/{mirror.Denominator}")}",
        RedirectFilter to => $"redirect {to.Status}{(to.OnlyPlain ? " if plain" : "")}{Part(" scheme ", to.Scheme)}{Part(" host ", to.Host)}{Part(" port ", to.Port?.ToString(System.Globalization.CultureInfo.InvariantCulture))}{Path(to.Path)}",
        RewriteFilter to => $"rewrite{Part(" host ", to.Host)}{Path(to.Path)}",
        _ => filter.ToString(),
    };

    private static string Pair(HeaderValue header) => $"{header.Name}: {header.Value}";

    private static string Headers(string what, IEnumerable<string> all) => string.Join(", ", all) is { Length: > 0 } text ? $"{what} {text}" : "";

    private static string Part(string what, string? value) => value is null ? "" : what + value;

    private static string Path(PathModifier? path) => path is null ? "" : $" path {path.Kind} {path.Value}";
}
