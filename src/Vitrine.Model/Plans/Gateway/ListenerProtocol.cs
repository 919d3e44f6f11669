namespace Vitrine.Model.Plans.Gateway;

/// <summary>What clients speak at a listener.</summary>
public enum ListenerProtocol
{
    /// <summary>HTTP/1.1, and HTTP/2 by prior knowledge.</summary>
    Http,

    /// <summary>The same within TLS 1.2 or 1.3, ended here.</summary>
    Https,

    /// <summary>TLS that is carried on unopened; the server name in its first message decides.</summary>
    Passthrough,
}
