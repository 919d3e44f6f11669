using Vitrine.Linux.Netlink;
using Vitrine.Linux.Nft;

namespace Vitrine.Attaching;

/// <summary>By what in the kernel kube-proxy is known.</summary>
internal static class KubeProxyTraces
{
    public const string Chain = "KUBE-SERVICES", Link = "kube-ipvs0";

    /// <summary>Its modes iptables and IPVS jump from this chain.</summary>
    public static bool HasChain(NftSocket nft, NftTable table) => table.Name == "nat" && nft.ListChains(table).Any(c => c.Name == Chain);

    /// <summary>Its mode nftables.</summary>
    public static bool IsTable(NftTable table) => table.Name == "kube-proxy";

    /// <summary>Its mode IPVS.</summary>
    public static bool HasLink(RtnetlinkSocket links) => links.FindLink(Link) is not null;
}
