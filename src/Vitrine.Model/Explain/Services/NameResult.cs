using System.Collections.Immutable;
using System.Net;

namespace Vitrine.Model.Explain.Services;

/// <summary>What became of a name.</summary>
/// <param name="Hops">who was asked, and what the answer comes from</param>
/// <param name="Name">the whole name that was found</param>
/// <param name="Addresses">in the answer's order; empty when there is none</param>
/// <param name="Owner">the object the answer comes from, as kubectl names it</param>
public sealed record NameResult(ImmutableArray<Hop> Hops, string Name, ImmutableArray<IPAddress> Addresses, string Owner)
{
    /// <summary>Null when there are addresses.</summary>
    public Leg? Failure { get; init; }
}
