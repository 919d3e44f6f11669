using System.Collections.Immutable;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway.GatewayApi;

/// <summary>A route at one listener.</summary>
/// <param name="Route">the object</param>
/// <param name="Hosts">those of its hosts that the listener has, too</param>
/// <param name="Rules">compiled, one for each match, with their place in the order of all</param>
internal sealed record AttachedRoute(GatewayObject Route, ImmutableArray<string> Hosts, ImmutableArray<RankedRule> Rules);
