using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Gateway.Ingresses;

/// <summary>The annotations of one Ingress as values.</summary>
internal sealed record IngressSettings
{
    public string? RewriteTarget { get; init; }

    public bool UseRegex { get; init; }

    public string? AppRoot { get; init; }

    /// <summary>Hosts with a certificate send plain requests to https.</summary>
    public bool SslRedirect { get; init; } = true;

    /// <summary>All hosts do.</summary>
    public bool ForceSslRedirect { get; init; }

    public BodySizeFilter? BodySize { get; init; }

    public RouteTimeouts Timeouts { get; init; } = new();

    public RouteAffinity? Affinity { get; init; }

    public CorsFilter? Cors { get; init; }

    public ImmutableArray<RouteFilter> Guards { get; init; } = [];

    public HeaderFilter? Answers { get; init; }

    public string? ForwardedPrefix { get; init; }

    public string? UpstreamHost { get; init; }

    /// <summary>Null where the Service's port may say.</summary>
    public UpstreamProtocol? Protocol { get; init; }

    public CanarySettings? Canary { get; init; }

    /// <summary>Something that was meant to keep requests out cannot be done: then none gets in.</summary>
    public bool Closed { get; init; }
}
