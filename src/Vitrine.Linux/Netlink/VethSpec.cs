using Vitrine.Linux.Netns;

namespace Vitrine.Linux.Netlink;

/// <summary>A veth pair to create. Both ends are down until set up: IFF_UP on the peer at creation fails with ENOTCONN.</summary>
/// <param name="Name">our end</param>
/// <param name="PeerName">the other end</param>
public sealed record VethSpec(string Name, string PeerName)
{
    /// <summary>Where the other end is born; null for our own namespace. It never exists anywhere else.</summary>
    public NetnsHandle? PeerNetns { get; init; }

    /// <summary>Null lets the kernel draw a random one.</summary>
    public MacAddress? Mac { get; init; }

    public MacAddress? PeerMac { get; init; }

    /// <summary>Bytes, both ends; 0 for the kernel's default of 1500.</summary>
    public int Mtu { get; init; }

    /// <summary>IFLA_GROUP of our end.</summary>
    public uint Group { get; init; }
}
