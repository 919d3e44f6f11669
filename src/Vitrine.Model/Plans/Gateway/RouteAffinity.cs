namespace Vitrine.Model.Plans.Gateway;

/// <summary>A client stays with an endpoint while that endpoint is there.</summary>
/// <param name="Cookie">name of the cookie, or null</param>
/// <param name="Header">name of the request header, or null</param>
/// <param name="MaxAgeSeconds">of the cookie; null for the browser's session</param>
/// <param name="Path">of the cookie</param>
public sealed record RouteAffinity(string? Cookie, string? Header = null, int? MaxAgeSeconds = null, string Path = "/");
