using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Gateway;

/// <summary>Clients by address; all others get 403.</summary>
/// <param name="Ranges">CIDRs of both families</param>
/// <param name="Deny">the ranges are those kept out</param>
public sealed record AllowListFilter(ImmutableArray<string> Ranges, bool Deny = false) : RouteFilter;
