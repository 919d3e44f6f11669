using System.Collections.Immutable;
using System.Net;

namespace Vitrine.Model.Plans;

/// <summary>What a plan has to know of the machine it is for: read from the kernel by a loop, a value here.</summary>
/// <param name="Links">links that other machines are reached by; no loopback, no pod links, no tunnels of ours</param>
/// <param name="IPv6">the kernel speaks IPv6</param>
public sealed record NodeLinks(ImmutableArray<NodeLink> Links, bool IPv6 = true)
{
    /// <summary>The link that holds an address of this machine, or null.</summary>
    public NodeLink? Holding(IPAddress address) => Links.FirstOrDefault(l => l.Addresses.Any(a => a.Address.Equals(address)));
}

/// <summary>A link and the networks that are on it.</summary>
/// <param name="Name">as in <c>ip link</c></param>
/// <param name="Mtu">bytes</param>
/// <param name="Addresses">its addresses with their networks</param>
public sealed record NodeLink(string Name, int Mtu, ImmutableArray<LinkNetwork> Addresses);

/// <summary>An address of this machine and the network it puts on the link.</summary>
public readonly record struct LinkNetwork(IPAddress Address, IPNetwork Network)
{
    public static LinkNetwork Of(IPAddress address, int prefixLength)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = prefixLength; bit < bytes.Length * 8; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> bit % 8);
        return new LinkNetwork(address, new IPNetwork(new IPAddress(bytes), prefixLength));
    }
}
