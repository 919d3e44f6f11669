using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Policies;

/// <summary>One rung: neighbouring rules of one action.</summary>
/// <param name="Group">key of the peers, in <see cref="PolicyPlan.Groups"/></param>
/// <param name="Rules">where it is written, in order</param>
public sealed record LadderStep(string Group, StepAction Action, ImmutableArray<StepRule> Rules)
{
    public bool Equals(LadderStep? other) => other is not null && Group == other.Group && Action == other.Action && Rules.SequenceEqual(other.Rules);

    public override int GetHashCode() => HashCode.Combine(Group, Action, Rules.Length);
}
