namespace Vitrine.Model.Plans.Gateway;

/// <summary>A longer request body gets 413.</summary>
/// <param name="Bytes">0 lets any length through</param>
public sealed record BodySizeFilter(long Bytes) : RouteFilter;
