using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Policies;

/// <summary>A rule that a step came from.</summary>
/// <param name="Source">the policy and the rule's field in it</param>
/// <param name="Terms">keys of its own peers, some or all of the step's</param>
public sealed record StepRule(RuleSource Source, ImmutableArray<string> Terms)
{
    /// <summary>The same, to be asked.</summary>
    internal ImmutableArray<PeerTerm> Peers { get; init; } = [];

    public bool Equals(StepRule? other) => other is not null && Source == other.Source && Terms.SequenceEqual(other.Terms);

    public override int GetHashCode() => HashCode.Combine(Source, Terms.Length);
}
