using System.Collections.Immutable;

namespace Vitrine.Model.Snapshot;

/// <summary>One of spec.rules of an Ingress.</summary>
/// <param name="Host">empty for all</param>
/// <param name="Paths">empty where the rule sends everything to the default backend</param>
public sealed record IngressRule(string Host, ImmutableArray<IngressPath> Paths);
