namespace Vitrine.Model.Plans.Gateway;

/// <summary>Answers with a redirect. What is null stays as the request has it.</summary>
/// <param name="Status">301, 302, 303, 307 or 308</param>
/// <param name="Scheme">http or https; with it and no port the scheme's own port is meant</param>
/// <param name="OnlyPlain">only requests that came without TLS (ingress-nginx ssl-redirect)</param>
public sealed record RedirectFilter(int Status, string? Scheme = null, string? Host = null, int? Port = null, PathModifier? Path = null, bool OnlyPlain = false) : RouteFilter;
