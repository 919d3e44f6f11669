using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Policies;

/// <summary>
/// What decides about the other end, from the top: the first step whose peers contain it. A Pass in <see cref="Admin"/>, and its end, go on with
/// <see cref="Rest"/>; its end is <see cref="AllowsRest"/>. Equal ones are one instance, in a plan and in those compiled from it.
/// </summary>
/// <param name="Admin">ClusterNetworkPolicies of tier Admin, lowest priority number first</param>
/// <param name="Rest">the NetworkPolicies (allowing only), or, for a pod that none of them isolates, ClusterNetworkPolicies of tier Baseline</param>
/// <param name="AllowsRest">false where a NetworkPolicy isolates the pod</param>
public sealed record Ladder(ImmutableArray<LadderStep> Admin, ImmutableArray<LadderStep> Rest, bool AllowsRest)
{
    private readonly int hash = HashCode.Combine(AllowsRest, Steps(Admin), Steps(Rest));

    /// <summary>Of a pod that nothing selects.</summary>
    public static readonly Ladder Open = new([], [], true);

    /// <summary>Everybody passes, or nobody: no peer has to be looked up.</summary>
    public bool IsConstant => Admin.IsEmpty && Rest.IsEmpty;

    public bool Equals(Ladder? other) => ReferenceEquals(this, other)
        || (other is not null && hash == other.hash && AllowsRest == other.AllowsRest && Admin.SequenceEqual(other.Admin) && Rest.SequenceEqual(other.Rest));

    public override int GetHashCode() => hash;

    private static int Steps(ImmutableArray<LadderStep> steps) => steps.Aggregate(steps.Length, (h, s) => HashCode.Combine(h, s));
}
