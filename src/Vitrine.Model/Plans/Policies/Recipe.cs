using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Vitrine.Model.Plans.Policies;

/// <summary>All that an isolation is made of: pods with equal recipes share it.</summary>
/// <param name="Parts">who has a say, in order of tier, priority and name</param>
/// <param name="Names">what ports' names come to, where the parts have any</param>
internal sealed record Recipe(PolicyDirection Direction, ImmutableArray<PolicyPart> Parts, string Names)
{
    private readonly int hash = Parts.Aggregate(HashCode.Combine(Direction, Names), (h, p) => HashCode.Combine(h, RuntimeHelpers.GetHashCode(p)));

    public bool Equals(Recipe? other) => other is not null && hash == other.hash && Direction == other.Direction && Names == other.Names && Parts.SequenceEqual(other.Parts);

    public override int GetHashCode() => hash;
}
