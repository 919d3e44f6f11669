using System.Net;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Listening;

/// <summary>Where and how a connection came in; a feature of the connection, seen by its requests.</summary>
/// <param name="socket">that accepted it</param>
/// <param name="peer">who connected, or whom the PROXY protocol names</param>
internal sealed class Arrival(ListeningSocket socket, IPAddress peer)
{
    /// <summary>As the plan has it now.</summary>
    public PlannedListener Listener => socket.Planned;

    public IPAddress Peer { get; } = peer;

    public string PeerText { get; } = peer.ToString();

    /// <summary>The name asked for in the TLS greeting; null without TLS or without a name.</summary>
    public string? ServerName { get; set; }

    /// <summary>What was shown to the client; null without TLS.</summary>
    public ServerCertificate? Shown { get; set; }

    /// <summary>An address of both families in its own form.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
