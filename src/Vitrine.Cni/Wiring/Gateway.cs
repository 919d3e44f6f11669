using System.Net;
using System.Net.Sockets;

namespace Vitrine.Cni.Wiring;

/// <summary>
/// The next hop of a routed pod: a link-local address that nobody holds. A permanent neighbour entry maps it to the host's end of the veth,
/// so neither proxy ARP nor an address on the host is needed.
/// </summary>
internal static class Gateway
{
    internal static readonly IPAddress V4 = IPAddress.Parse("169.254.1.1");
    internal static readonly IPAddress V6 = IPAddress.Parse("fe80::1");

    internal static IPAddress For(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? V6 : V4;

    internal static IPNetwork DefaultRoute(AddressFamily family) =>
        new(family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);

    internal static int HostBits(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? 128 : 32;
}
