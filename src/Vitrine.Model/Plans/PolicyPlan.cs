using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Plans.Policies;

namespace Vitrine.Model.Plans;

/// <summary>
/// Who may talk to the pods of one node, and to whom they may talk. A plan made from its predecessor costs what has changed, and what has not is the same
/// instance.
/// </summary>
public sealed record PolicyPlan
{
    public required string NodeName { get; init; }

    /// <summary>This node's pods that have a network of their own, by namespace/name.</summary>
    public required ImmutableDictionary<string, PodPolicies> Pods { get; init; }

    /// <summary>By key: those that a ladder of <see cref="Pods"/> uses.</summary>
    public required ImmutableDictionary<string, PeerGroup> Groups { get; init; }

    /// <summary>Pod ranges of this node: who has an address of them and is not known is closed.</summary>
    public required ImmutableArray<IPNetwork> OwnPods { get; init; }
}
