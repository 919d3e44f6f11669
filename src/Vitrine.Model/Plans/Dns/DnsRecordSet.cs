using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Dns;

/// <summary>All records of one name and type.</summary>
/// <param name="Name">Lower case, without a final dot.</param>
/// <param name="Type">Of all of them.</param>
/// <param name="Values">At least one.</param>
/// <param name="Owner">The object they come from: service/NAMESPACE/NAME, or the cluster.</param>
/// <param name="Seconds">How long a client may keep them.</param>
public sealed record DnsRecordSet(string Name, DnsType Type, ImmutableArray<DnsValue> Values, string Owner, int Seconds = DnsRecordSet.Ttl)
{
    /// <summary>What kubeadm sets up for cluster DNS.</summary>
    public const int Ttl = 30;

    public override string ToString() => string.Join('\n', Values.Select(v => $"{Name}. {Seconds} IN {Type} {v.ToString(Type)} ; {Owner}"));
}
