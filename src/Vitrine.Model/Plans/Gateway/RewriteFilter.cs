namespace Vitrine.Model.Plans.Gateway;

/// <summary>Changes what the backend sees of the request's URL.</summary>
/// <param name="Host">the Host header it gets, or null for the client's</param>
/// <param name="Path">null leaves it</param>
public sealed record RewriteFilter(string? Host = null, PathModifier? Path = null) : RouteFilter;
