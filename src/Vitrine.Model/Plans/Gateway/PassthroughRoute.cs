using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Gateway;

/// <summary>Where unopened TLS goes.</summary>
/// <param name="Source">where it is written</param>
/// <param name="Host">server name, wildcard of any depth or "*"</param>
/// <param name="Backends">by weight</param>
public sealed record PassthroughRoute(RuleSource Source, string Host, ImmutableArray<WeightedBackend> Backends);
