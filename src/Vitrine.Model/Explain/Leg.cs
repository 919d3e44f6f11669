using System.Collections.Immutable;

namespace Vitrine.Model.Explain;

/// <summary>A packet's way in one direction.</summary>
/// <param name="Hops">in their order</param>
/// <param name="Verdict">how it ends</param>
/// <param name="Why">a sentence; empty when it is delivered</param>
public sealed record Leg(ImmutableArray<Hop> Hops, Verdict Verdict, string Why = "")
{
    /// <summary>The object at fault, as kubectl names it; null when nothing is.</summary>
    public string? Culprit { get; init; }

    /// <summary>The smallest change that mends it, in words.</summary>
    public string? Fix { get; init; }

    /// <summary>The same as a command.</summary>
    public string? Command { get; init; }

    /// <summary>What whoever sent the packet may hear if the message finds its way; more than one where timing decides.</summary>
    internal ImmutableArray<Answer> Told { get; init; } = [Answer.Silent];

    /// <summary>The station it ended at, and the packet as it was there.</summary>
    internal Station? End { get; init; }

    internal Packet? Packet { get; init; }
}
