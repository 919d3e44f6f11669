namespace Vitrine.Model.Plans.Gateway;

/// <summary>An upstream that a rule sends to, before anybody looked who is behind it.</summary>
/// <param name="Service">namespace/name</param>
/// <param name="Port">of the Service</param>
internal sealed record UpstreamWish(string Service, int Port, UpstreamProtocol Protocol, UpstreamTls? Tls = null)
{
    public string Key { get; } = $"{Service}:{Port}{Protocol switch { UpstreamProtocol.H2c => "/h2c", UpstreamProtocol.Https => "/https", UpstreamProtocol.Tcp => "/tcp", _ => "" }}";
}
