using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Dns;

/// <summary>What a plan says to a question.</summary>
/// <param name="Rcode">NoError without sets: the name exists, but has nothing of the type.</param>
/// <param name="Sets">The chain of CNAMEs in its order, then the set asked for.</param>
/// <param name="Outside">Where the chain leaves the zone: the name to ask others for. Null when it stays inside.</param>
public sealed record DnsAnswer(DnsRcode Rcode, ImmutableArray<DnsRecordSet> Sets, string? Outside = null)
{
    /// <summary>A line a record; the rcode when there is none.</summary>
    public override string ToString() => Sets.IsEmpty ? Rcode.ToString() : string.Join('\n', Sets) + (Outside is null ? "" : $"\n→ {Outside}");
}
