using System.Net;
using System.Net.Sockets;

namespace Vitrine.Gateway;

/// <summary>What the proxy needs to start. It runs inside its node's network namespace and knows no API.</summary>
public sealed record GatewayOptions
{
    /// <summary>Unix socket where plans come in.</summary>
    public required string PlanSocket { get; init; }

    /// <summary>Of /healthz, /readyz and /metrics.</summary>
    public required IPEndPoint Status { get; init; }

    /// <summary>Listeners are opened here: at all of the node's addresses.</summary>
    public IPAddress Address { get; init; } = Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;

    /// <summary>One request in so many is logged, and every failure; 0 logs none.</summary>
    public int AccessLogOneIn { get; init; } = 100;

    /// <summary>How long requests may go on once the proxy is asked to end.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(20);
}
