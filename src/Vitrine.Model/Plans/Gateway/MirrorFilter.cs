namespace Vitrine.Model.Plans.Gateway;

/// <summary>Sends a copy of the request elsewhere; the answer to it is thrown away.</summary>
/// <param name="Upstream">key of the upstream</param>
/// <param name="Numerator">of Denominator requests this many are copied</param>
public sealed record MirrorFilter(string Upstream, int Numerator = 1, int Denominator = 1) : RouteFilter;
