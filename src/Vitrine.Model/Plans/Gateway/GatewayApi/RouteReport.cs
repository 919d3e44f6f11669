using System.Collections.Immutable;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway.GatewayApi;

/// <summary>What the status of a route is to say of the parents that are ours.</summary>
public sealed record RouteReport(GatewayObject Route, ImmutableArray<ParentReport> Parents);
