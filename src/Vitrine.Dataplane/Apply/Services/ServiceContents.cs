using System.Collections.Immutable;

namespace Vitrine.Dataplane.Apply.Services;

/// <summary>What is in the table.</summary>
/// <param name="Modes">those that have chains, and their numbers</param>
/// <param name="Elements">of all sets that are written to</param>
internal sealed record ServiceContents(ImmutableDictionary<ServiceMode, uint> Modes, ImmutableArray<ServiceElement> Elements);
