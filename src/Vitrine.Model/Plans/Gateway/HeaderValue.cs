namespace Vitrine.Model.Plans.Gateway;

/// <summary>A header to write.</summary>
public sealed record HeaderValue(string Name, string Value);
