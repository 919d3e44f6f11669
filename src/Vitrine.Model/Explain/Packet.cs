using System.Net;
using System.Net.Sockets;

namespace Vitrine.Model.Explain;

/// <summary>A packet on its way.</summary>
internal sealed record Packet(IPAddress? Source, IPAddress Destination, Transport Transport, int Port, int Size)
{
    /// <summary>Belongs to a flow that the way there has opened: guards and masquerading let it be.</summary>
    public bool IsReply { get; init; }

    /// <summary>Routers may cut it up.</summary>
    public bool MayFragment { get; init; }

    /// <summary>Outer packet of a tunnel.</summary>
    public bool InTunnel { get; init; }

    /// <summary>Sent by the node's gateway.</summary>
    public bool ByGateway { get; init; }

    public bool IsV6 => Destination.AddressFamily == AddressFamily.InterNetworkV6;
}

/// <summary>A masquerade that a node remembers: packets to <paramref name="Outside"/> are for <paramref name="Inside"/>.</summary>
internal sealed record Masquerade(string Station, IPAddress Outside, IPAddress Inside);
