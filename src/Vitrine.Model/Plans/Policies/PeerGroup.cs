using System.Collections.Immutable;
using System.Net;

namespace Vitrine.Model.Plans.Policies;

/// <summary>
/// The other ends a step is about: a union of terms. There is one of a key in a plan, whoever uses it. A change of its members makes another instance of the
/// same key; without one it stays the same instance from plan to plan.
/// </summary>
/// <param name="Key">its terms as stable text, of any length</param>
public sealed record PeerGroup(string Key)
{
    public const string EverybodyKey = "everybody";

    /// <summary>Every address of either family; then the members are not listed.</summary>
    public bool Everybody => Key == EverybodyKey;

    /// <summary>Who is selected by labels: address → namespace/name of the pod, or service/namespace/name of what counts as one.</summary>
    public ImmutableDictionary<IPAddress, string> Pods { get; init; } = ImmutableDictionary<IPAddress, string>.Empty;

    /// <summary>ipBlocks and networks less their exceptions: disjoint, not adjacent, in order, IPv4 before IPv6.</summary>
    public ImmutableArray<AddressInterval> Blocks { get; init; } = [];

    public bool Contains(IPAddress address) => Everybody || Pods.ContainsKey(address) || Intervals.Contains(Blocks, address);
}
