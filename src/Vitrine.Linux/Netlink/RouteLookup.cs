using System.Net;

namespace Vitrine.Linux.Netlink;

/// <summary>What to ask the kernel's routing of.</summary>
/// <param name="Destination">where the packet goes</param>
public sealed record RouteLookup(IPAddress Destination)
{
    /// <summary>Where it comes from; null for the kernel's choice.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>ifindex the packet comes in by; 0 for one of our own.</summary>
    public int InInterface { get; init; }

    public uint Mark { get; init; }
}
