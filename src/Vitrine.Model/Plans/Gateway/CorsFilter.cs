using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Gateway;

/// <summary>Cross-origin requests (Fetch standard; GEP-1767): preflights are answered here.</summary>
public sealed record CorsFilter : RouteFilter
{
    /// <summary>"*", exact origins, or origins with one * in place of the left part of the host.</summary>
    public ImmutableArray<string> Origins { get; init; } = [];

    public ImmutableArray<string> Methods { get; init; } = [];

    public ImmutableArray<string> AllowHeaders { get; init; } = [];

    public ImmutableArray<string> ExposeHeaders { get; init; } = [];

    public bool Credentials { get; init; }

    /// <summary>How long a browser may keep the preflight's answer.</summary>
    public int MaxAgeSeconds { get; init; } = 5;
}
