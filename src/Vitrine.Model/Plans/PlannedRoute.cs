using System.Net;

namespace Vitrine.Model.Plans;

/// <summary>A route of the main table.</summary>
/// <param name="Destination">a node's pod range, or a range of Service addresses</param>
/// <param name="Owner">kind and name of the object it comes from</param>
public sealed record PlannedRoute(IPNetwork Destination, string Owner)
{
    /// <summary>What no pod holds, or nothing leads to, is refused and never goes by the default route.</summary>
    public bool IsUnreachable => Device is null;

    /// <summary>Null for a refusal.</summary>
    public string? Device { get; init; }

    /// <summary>Null for what is on the link itself.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>By a tunnel: the gateway is on the device although no address says so.</summary>
    public bool OnLink { get; init; }

    /// <summary>Bytes; 0 for the device's.</summary>
    public int Mtu { get; init; }

    /// <summary>Address of packets of the node's own, null for the kernel's choice.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>As <c>ip route</c> writes it.</summary>
    public override string ToString() => IsUnreachable
        ? $"unreachable {Destination}"
        : $"{Destination}{(Gateway is null ? "" : $" via {Gateway}")} dev {Device}{(Source is null ? "" : $" src {Source}")}{(Mtu == 0 ? "" : $" mtu {Mtu}")}{(OnLink ? " onlink" : "")}";
}
