using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Gateway.GatewayApi;

/// <summary>What status.listeners[] of a Gateway is to say.</summary>
/// <param name="Kinds">of routes that it takes</param>
/// <param name="AttachedRoutes">how many came</param>
public sealed record ListenerReport(string Name, ImmutableArray<string> Kinds, int AttachedRoutes, ImmutableArray<PlannedCondition> Conditions);
