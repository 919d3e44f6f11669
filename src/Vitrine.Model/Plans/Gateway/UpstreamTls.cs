namespace Vitrine.Model.Plans.Gateway;

/// <summary>How a backend's certificate is checked (BackendTLSPolicy).</summary>
/// <param name="ServerName">asked for and looked for in the certificate; null: neither</param>
/// <param name="Authorities">PEM; null for the system's; empty checks nothing (ingress-nginx's default for HTTPS backends)</param>
public sealed record UpstreamTls(string? ServerName, string? Authorities);
