using System.Collections.Immutable;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway.GatewayApi;

/// <summary>What the status of a BackendTLSPolicy is to say.</summary>
/// <param name="Gateways">namespace/name of those whose routes meet it</param>
public sealed record PolicyReport(GatewayObject Policy, ImmutableArray<string> Gateways, ImmutableArray<PlannedCondition> Conditions);
