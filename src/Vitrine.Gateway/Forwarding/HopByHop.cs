using System.Collections.Frozen;

namespace Vitrine.Gateway.Forwarding;

/// <summary>Headers of one connection, in either direction, that go no further (RFC 9110 §7.6.1), with those that speak of the connection's own security.</summary>
internal static class HopByHop
{
    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Connection", "Keep-Alive", "Proxy-Connection", "TE", "Transfer-Encoding", "Upgrade", "HTTP2-Settings", "Upgrade-Insecure-Requests", "Alt-Svc", "ALPN", "Close",
        "Proxy-Authenticate", "Proxy-Authentication-Info", "Proxy-Authorization", "Proxy-Features", "Proxy-Instruction", "Security-Scheme");

    public static bool Contains(string name) => Names.Contains(name);

    /// <summary>Where a message ends is for whoever sends it to say, once more on each connection.</summary>
    public static bool IsFraming(string name) => name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) || name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase);
}
