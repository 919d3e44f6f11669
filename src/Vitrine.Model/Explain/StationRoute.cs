using System.Net;
using System.Net.Sockets;

namespace Vitrine.Model.Explain;

/// <summary>What a route does with a packet.</summary>
public enum RouteKind
{
    Unicast,

    /// <summary>Refused with "host unreachable".</summary>
    Unreachable,

    /// <summary>Thrown away in silence.</summary>
    Blackhole,

    /// <summary>Refused with "administratively prohibited".</summary>
    Prohibit,
}

/// <summary>A route of a station's main table.</summary>
public sealed record StationRoute(IPNetwork Destination, RouteKind Kind = RouteKind.Unicast)
{
    public string? Device { get; init; }

    public IPAddress? Gateway { get; init; }

    public uint Metric { get; init; }

    /// <summary>Bytes; 0 for the device's.</summary>
    public int Mtu { get; init; }

    public IPAddress? Source { get; init; }

    public bool OnLink { get; init; }

    public AddressFamily Family => Destination.BaseAddress.AddressFamily;

    /// <summary>To one address.</summary>
    public bool IsHost => Destination.PrefixLength == Bits;

    private int Bits => Family == AddressFamily.InterNetworkV6 ? 128 : 32;

    /// <summary>As <c>ip route</c> writes it.</summary>
    public override string ToString()
    {
        var to = Destination.PrefixLength == 0 ? "default" : IsHost ? Destination.BaseAddress.ToString() : Destination.ToString();
        return $"{(Kind == RouteKind.Unicast ? "" : Kind.ToString().ToLowerInvariant() + " ")}{to}{(Gateway is null ? "" : $" via {Gateway}")}{(Device is null ? "" : $" dev {Device}")}"
            + $"{(Source is null ? "" : $" src {Source}")}{(Mtu == 0 ? "" : $" mtu {Mtu}")}{(Metric == 0 || (Bits == 128 && Metric == 1024) ? "" : $" metric {Metric}")}{(OnLink ? " onlink" : "")}";
    }
}
