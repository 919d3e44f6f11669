using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Policies;

/// <summary>What a plan says about a packet at one of its ends.</summary>
/// <param name="Allowed">else it is dropped</param>
/// <param name="Policies">who selects the pod in this direction</param>
/// <param name="Rules">the rules that decided; empty where no rule did, and the default holds</param>
public sealed record PolicyDecision(bool Allowed, ImmutableArray<string> Policies, ImmutableArray<RuleSource> Rules);
