using System.Collections.Immutable;

namespace Vitrine.Model.Explain;

/// <summary>What becomes of a question's packet, why, and what would mend it.</summary>
public sealed record Explanation(Question Question, Leg Forward, Leg? Reply)
{
    /// <summary>What the sender hears; empty when nothing can be said. More than one where timing decides.</summary>
    public ImmutableArray<Answer> Expected { get; init; } = [];

    /// <summary>The leg that decides.</summary>
    public Leg Deciding => Forward.Verdict is Verdict.Delivered or Verdict.NotKnown && Reply is { Verdict: not (Verdict.Delivered or Verdict.NotKnown or Verdict.LeavesCluster) } back ? back : Forward;

    public Verdict Verdict => Deciding == Forward ? Forward.Verdict : Verdict.NoWayBack;
}
