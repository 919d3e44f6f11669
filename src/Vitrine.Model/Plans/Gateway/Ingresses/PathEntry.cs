namespace Vitrine.Model.Plans.Gateway.Ingresses;

/// <summary>One path of one Ingress, compiled.</summary>
/// <param name="part">its Ingress</param>
/// <param name="host">"*" for all</param>
/// <param name="rule">as it is where the host has no certificate</param>
internal sealed class PathEntry(IngressPart part, string host, RouteRule rule)
{
    private static readonly RedirectFilter ToHttps = new(308, "https", OnlyPlain: true);

    private RouteRule? secured;

    public IngressPart Part { get; } = part;

    public string Host { get; } = host;

    public RouteRule Rule { get; } = rule;

    /// <summary>The path as written: the longer one comes first.</summary>
    public int Length { get; init; }

    /// <summary>Before all paths of its host.</summary>
    public bool First { get; init; }

    /// <summary>Exact paths come before all others.</summary>
    public int Rank => First ? 0 : Rule.Match.Path.Kind == PathKind.Exact ? 1 : 2;

    /// <summary>The rule for a host with or without a certificate; the same instance each time.</summary>
    public RouteRule For(bool secure) =>
        secure && Part.Settings is { SslRedirect: true, ForceSslRedirect: false } ? secured ??= Rule with { Filters = [ToHttps, .. Rule.Filters] } : Rule;
}
