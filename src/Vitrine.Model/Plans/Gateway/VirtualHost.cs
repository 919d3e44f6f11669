using System.Collections.Immutable;

namespace Vitrine.Model.Plans.Gateway;

/// <summary>The rules of one host name at one listener.</summary>
/// <param name="Host">lower case; "*.example.com" for names below example.com; "*" for all that no other host takes</param>
/// <param name="OneLabel">of a wildcard: exactly one label below (Ingress), not any number of them (Gateway API)</param>
/// <param name="Rules">by precedence: the first that matches takes the request</param>
public sealed record VirtualHost(string Host, bool OneLabel, ImmutableArray<RouteRule> Rules);
