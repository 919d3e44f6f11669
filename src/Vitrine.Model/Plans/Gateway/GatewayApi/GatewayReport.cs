using System.Collections.Immutable;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway.GatewayApi;

/// <summary>What the status of a Gateway is to say.</summary>
/// <param name="Addresses">where clients reach it</param>
public sealed record GatewayReport(GatewayObject Gateway, ImmutableArray<PlannedCondition> Conditions, ImmutableArray<ListenerReport> Listeners, ImmutableArray<string> Addresses);
