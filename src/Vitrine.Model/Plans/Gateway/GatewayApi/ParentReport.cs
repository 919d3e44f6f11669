using System.Collections.Immutable;
using System.Text.Json;

namespace Vitrine.Model.Plans.Gateway.GatewayApi;

/// <summary>One of a route's parents.</summary>
/// <param name="Reference">spec.parentRefs[] as written</param>
public sealed record ParentReport(JsonElement Reference, ImmutableArray<PlannedCondition> Conditions);
