using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Vitrine.Cni.Config;
using Vitrine.Linux.Nft;

namespace Vitrine.Cni.Firewall;

/// <summary>An element of a host port map, read back from the kernel.</summary>
/// <param name="Owner">null when somebody else put it there</param>
/// <param name="Mapping">of one family: a wildcard is 0.0.0.0 or ::</param>
/// <param name="Pod">where it leads</param>
internal sealed record PublishedPort(NftSet Map, NftElement Element, EntryOwner? Owner, PortMapping Mapping, IPEndPoint Pod)
{
    internal static IEnumerable<PublishedPort> List(NftSocket nft) =>
        from map in HostPortTable.Maps
        from element in NftTables.Elements(nft, map)
        select Read(map, element);

    private static PublishedPort Read(NftSet map, NftElement element)
    {
        // Parts of a key and of a value begin at multiples of four bytes: protocol, perhaps an address, port; address, port.
        var key = element.Key.Bytes;
        var value = element.Value is { } v ? v.Bytes : [];
        var v6 = map.Value[0] == NftType.Ip6Address;
        var host = map.Key.Length == 2 ? v6 ? IPAddress.IPv6Any : IPAddress.Any : new IPAddress(key[4..^4]);
        var pod = new IPEndPoint(new IPAddress(value[..^4]), BinaryPrimitives.ReadUInt16BigEndian(value[^4..]));
        return new PublishedPort(map, element, EntryOwner.Parse(element.Comment),
            new PortMapping(key[0], host, BinaryPrimitives.ReadUInt16BigEndian(key[^4..]), pod.Port), pod);
    }
}
