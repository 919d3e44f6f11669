using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Vitrine.Model.Explain;

/// <summary>A network namespace on packets' way: a pod, a node, the host. A value: what was read of it, or what the plan makes of it.</summary>
/// <param name="Name">as <see cref="Place.Object"/></param>
public sealed record Station(string Name)
{
    /// <summary>Read from the kernel; otherwise it is as planned.</summary>
    public bool Observed { get; init; }

    public ImmutableArray<StationLink> Links { get; init; } = [];

    public ImmutableArray<StationRoute> Routes { get; init; } = [];

    /// <summary>Null for not known.</summary>
    public ImmutableArray<Listener>? Listeners { get; init; }

    public bool Forwards4 { get; init; } = true;

    public bool Forwards6 { get; init; } = true;

    /// <summary>Null where connections are not tracked, or it is not known.</summary>
    public ConnectionTable? Connections { get; init; }

    /// <summary>Next hops that were asked for and did not answer (neighbour state FAILED).</summary>
    public ImmutableArray<IPAddress> Silent { get; init; } = [];

    /// <summary>What it has learnt of the size its way to a destination takes, from ICMP and for ten minutes; the kernel keeps it beside the routes.</summary>
    public ImmutableDictionary<IPAddress, int> LearntMtu { get; init; } = ImmutableDictionary<IPAddress, int>.Empty;

    public StationLink? Link(string? name) => Links.FirstOrDefault(l => l.Name == name);

    public bool Holds(IPAddress address) => IPAddress.IsLoopback(address) || Links.Any(l => l.Addresses.Any(a => a.Address.Equals(address)));

    public bool Forwards(IPAddress to) => to.AddressFamily == AddressFamily.InterNetworkV6 ? Forwards6 : Forwards4;

    /// <summary>The listener that takes a packet to an address and port of this station.</summary>
    public Listener? Taker(Transport transport, IPAddress address, int port) => Listeners?.FirstOrDefault(l => l.Takes(transport, address, port));
}
