using System.Collections.Immutable;
using Vitrine.Model.Explain.Services;

namespace Vitrine.Model.Explain;

/// <summary>What becomes of a question's packet, why, and what would mend it.</summary>
public sealed record Explanation(Question Question, Leg Forward, Leg? Reply)
{
    /// <summary>What the sender hears; empty when nothing can be said. More than one where timing decides.</summary>
    public ImmutableArray<Answer> Expected { get; init; } = [];

    /// <summary>How the destination's name was resolved; empty where there was none.</summary>
    public ImmutableArray<Hop> Naming { get; init; } = [];

    /// <summary>Endpoints of the Service the packet was for, those it may be sent to first; empty where there was no Service.</summary>
    public ImmutableArray<ConsideredEndpoint> Endpoints { get; init; } = [];

    /// <summary>The address whoever takes it sees as its sender, where that is known.</summary>
    public string? SeenAs { get; init; }

    /// <summary>The walks to the Service's other endpoints, in the order of the choice; empty where there is one way only.</summary>
    public ImmutableArray<Explanation> Others { get; init; } = [];

    /// <summary>The endpoint this walk went to; null where there was no Service and no host port.</summary>
    public string? EndPoint { get; init; }

    /// <summary>The leg that decides.</summary>
    public Leg Deciding => Forward.Verdict is Verdict.Delivered or Verdict.NotKnown && Reply is { Verdict: not (Verdict.Delivered or Verdict.NotKnown or Verdict.LeavesCluster) } back ? back : Forward;

    public Verdict Verdict => Others.Any(o => o.Good) != Good && !Others.IsEmpty ? Verdict.SomeEndpointsFail : Deciding == Forward ? Forward.Verdict : Verdict.NoWayBack;

    /// <summary>Nothing is known to stop it.</summary>
    private bool Good => (Deciding == Forward ? Forward.Verdict : Verdict.NoWayBack) is Verdict.Delivered or Verdict.NotKnown or Verdict.LeavesCluster;

    /// <summary>The walk to one of a Service's endpoints; this one, with what all of them allow, when it is not known to which.</summary>
    public Explanation To(string? endPoint) => endPoint is null || Others.IsEmpty ? this
        : Others.FirstOrDefault(o => o.EndPoint == endPoint) ?? this with { Others = [], Expected = Own };

    /// <summary>What the sender hears when it is this walk that is taken.</summary>
    internal ImmutableArray<Answer> Own { get; init; } = [];
}
