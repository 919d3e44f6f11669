using System.Collections.Immutable;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway.Ingresses;

/// <summary>One Ingress, compiled by itself; hosts are put together from the parts.</summary>
internal sealed class IngressPart(Ingress ingress, IngressSettings settings, Lookups lookups) : IComparable<IngressPart>
{
    private readonly string key = ingress.Key;
    private Ingress seen = ingress;

    public Ingress Ingress { get; } = ingress;

    public IngressSettings Settings { get; } = settings;

    public Lookups Lookups { get; } = lookups;

    public List<PathEntry> Entries { get; } = [];

    /// <summary>What takes requests that no path does.</summary>
    public PathEntry? Default { get; set; }

    /// <summary>Hosts that its rules name, "*" for those without a name.</summary>
    public HashSet<string> Hosts { get; } = new(StringComparer.Ordinal);

    public List<ServerCertificate> Certificates { get; } = [];

    public List<UpstreamWish> Upstreams { get; } = [];

    public ImmutableArray<GatewayProblem>.Builder Problems { get; } = ImmutableArray.CreateBuilder<GatewayProblem>();

    /// <summary>Nothing but the status is another.</summary>
    public bool IsOf(Ingress now)
    {
        var same = ReferenceEquals(seen, now) || Ingress.AsksTheSame(now);
        // The next time it is known by its instance.
        seen = same ? now : seen;
        return same;
    }

    /// <summary>The older one first, then by name.</summary>
    public int CompareTo(IngressPart? other) => other is null ? 1 : Ingress.Created.CompareTo(other.Ingress.Created) is not 0 and var age ? age : string.CompareOrdinal(key, other.key);

    public RuleSource Source(string field = "") => new("Ingress", Ingress.Namespace, Ingress.Name, field);

    public void Report(string field, string reason, string message) => Problems.Add(new GatewayProblem(Source(field), reason, message));
}
