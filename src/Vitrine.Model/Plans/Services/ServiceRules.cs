using System.Collections.Immutable;
using System.Net;

namespace Vitrine.Model.Plans.Services;

/// <summary>What the cluster's operator decides about Services.</summary>
public sealed record ServiceRules
{
    public static readonly ServiceRules Default = new();

    /// <summary>Ranges spec.externalIPs may be in. None by default: whoever may write a Service could take any address' traffic (CVE-2020-8554).</summary>
    public ImmutableArray<IPNetwork> ExternalIPs { get; init; } = [];

    /// <summary>Ranges of Service addresses: what of them nobody has is refused.</summary>
    public ImmutableArray<IPNetwork> ServiceRanges { get; init; } = [];
}
