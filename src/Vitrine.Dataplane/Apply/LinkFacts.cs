using System.Collections.Immutable;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Model.Plans;

namespace Vitrine.Dataplane.Apply;

/// <summary>Reads what a plan has to know of this machine.</summary>
internal static class LinkFacts
{
    /// <summary>Call it in the node's network namespace.</summary>
    public static NodeLinks Read(RtnetlinkSocket socket)
    {
        var addresses = socket.ListAddresses().ToLookup(a => a.LinkIndex);
        var links = socket.ListLinks()
            .Where(l => l.IsUp && l.Name is not ("lo" or Vtep.Device or Vtep.Device6))
            .Select(l => new NodeLink(l.Name, l.Mtu, [.. addresses[l.Index].Where(a => !IsLinkLocal(a)).Select(a => LinkNetwork.Of(a.Address, a.PrefixLength))]))
            .Where(l => !l.Addresses.IsEmpty)
            .ToImmutableArray();
        return new NodeLinks(links, NetSysctl.Read("ipv6/conf/all/disable_ipv6") == "0");
    }

    private static bool IsLinkLocal(LinkAddress address) =>
        address.Address.IsIPv6LinkLocal || (address.Address.GetAddressBytes() is [169, 254, _, _]);
}
