using System.Net;
using System.Net.Sockets;
using Vitrine.Model.Plans;

namespace Vitrine.Model.Explain;

/// <summary>The address the kernel gives to a packet of its own: inet_select_addr of net/ipv4/devinet.c, and the rules of RFC 6724 that our links need.</summary>
internal static class SourceAddress
{
    internal static IPAddress? Of(Station station, StationRoute route, StationLink link, IPAddress to)
    {
        if (route.Source is not null)
            return route.Source;
        if (to.AddressFamily == AddressFamily.InterNetworkV6)
            return station.Links.Where(l => l.Up)
                .SelectMany(l => l.Addresses.Select(a => (Link: l, a.Address)))
                .Where(c => c.Address.AddressFamily == AddressFamily.InterNetworkV6 && !IPAddress.IsLoopback(c.Address))
                .OrderByDescending(c => c.Link == link).ThenByDescending(c => CommonBits(c.Address, to)).Select(c => c.Address).FirstOrDefault();
        var next = route.Gateway ?? to;
        return Of(link).FirstOrDefault(a => a.Network.Contains(next)) is { Address: { } near } ? near
            : Of(link).Select(a => a.Address).FirstOrDefault()
            ?? station.Links.Where(l => l != link).OrderBy(l => l.Index).SelectMany(Of).Select(a => a.Address).FirstOrDefault();

        static IEnumerable<LinkNetwork> Of(StationLink link) => link.Addresses.Where(a => a.Address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a.Address));
    }

    private static int CommonBits(IPAddress a, IPAddress b)
    {
        var (x, y) = (a.GetAddressBytes(), b.GetAddressBytes());
        for (var i = 0; i < x.Length; i++)
            if (x[i] != y[i])
                return i * 8 + System.Numerics.BitOperations.LeadingZeroCount((uint)(x[i] ^ y[i])) - 24;
        return x.Length * 8;
    }
}
