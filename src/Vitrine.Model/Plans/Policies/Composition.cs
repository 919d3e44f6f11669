using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Policies;

/// <summary>An isolation, and of whom it speaks.</summary>
/// <param name="Groups">key of each group of its ladders → the terms</param>
/// <param name="Named">terms whose members' port numbers it was made with</param>
internal sealed record Composition(Isolation Isolation, ImmutableDictionary<string, ImmutableArray<PeerTerm>> Groups, ImmutableArray<PeerTerm> Named);
