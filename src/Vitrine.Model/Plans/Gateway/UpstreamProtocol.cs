namespace Vitrine.Model.Plans.Gateway;

/// <summary>What the proxy speaks to a backend.</summary>
public enum UpstreamProtocol
{
    /// <summary>HTTP/1.1, and WebSocket by upgrade.</summary>
    Http,

    /// <summary>HTTP/2 by prior knowledge (appProtocol kubernetes.io/h2c, and gRPC).</summary>
    H2c,

    /// <summary>HTTP/1.1 or 2 within TLS.</summary>
    Https,

    /// <summary>Bytes.</summary>
    Tcp,
}
