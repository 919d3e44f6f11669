namespace Vitrine.Model.Plans.Gateway;

/// <summary>An upstream that a rule sends to, before anybody looked who is behind it.</summary>
/// <param name="Service">namespace/name</param>
/// <param name="Port">of the Service</param>
internal sealed record UpstreamWish(string Service, int Port, UpstreamProtocol Protocol, UpstreamTls? Tls = null)
{
    /// <summary>One that is checked is another than one that is not: an Ingress may send within TLS to the Service that a policy protects.</summary>
    public string Key { get; } = $"{Service}:{Port}{Protocol switch { UpstreamProtocol.H2c => "/h2c", UpstreamProtocol.Https => Tls?.ServerName is { } name ? $"/https/{name}" : "/https", UpstreamProtocol.Tcp => "/tcp", _ => "" }}";
}
