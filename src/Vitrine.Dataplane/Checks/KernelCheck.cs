using System.Net;
using Vitrine.Dataplane.Apply;
using Vitrine.Dataplane.Apply.Policies;
using Vitrine.Dataplane.Apply.Services;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Linux.Nft;
using Vitrine.Model.Plans;

namespace Vitrine.Dataplane.Checks;

/// <summary>Whether this kernel has what the data path is made of: tried out in a namespace that is gone afterwards, since what a config says and what loads differ.</summary>
internal static class KernelCheck
{
    public static IEnumerable<CheckVerdict> Run()
    {
        using var scratch = NetnsHandle.CreateUnpinned();
        using var routes = RtnetlinkSocket.OpenIn(scratch);
        using var nft = NftSocket.OpenIn(scratch);
        yield return Try("kernel: vxlan", "nodes on different links reach each other by tunnels", "load or enable CONFIG_VXLAN; without it put all nodes on one link",
            () => routes.Batch().CreateVxlan(new VxlanSpec(Vtep.Device, Vtep.Vni, Vtep.Port, IPAddress.Loopback)).Send());
        var ipv6 = scratch.Run(() => NetSysctl.Read("ipv6/conf/all/disable_ipv6")) is not null;
        yield return ipv6 ? CheckVerdict.Good("kernel: IPv6", "is there") : CheckVerdict.Good("kernel: IPv6", "is not there; IPv4 works without it");
        var plan = new RoutePlan("check")
        {
            PodRanges = [new PodRange(IPNetwork.Parse("192.0.2.0/24"), "check", true)], NodeAddresses = [new NodeAddress(IPAddress.Parse("198.51.100.1"), "check", true)],
        };
        yield return Try("kernel: nftables", "masquerade and guard are nftables tables", "enable CONFIG_NF_TABLES, NFT_CT, NFT_NAT, NFT_MASQ, NF_TABLES_INET (Linux 5.10 or later)", () =>
        {
            NodeTables.GuardTable(plan, ipv6).EnsureIn(nft);
            NodeTables.MasqueradeTable(plan, ipv6).EnsureIn(nft);
        });
        yield return Try("kernel: nftables maps", "Services are nftables maps", "enable CONFIG_NFT_NUMGEN, NFT_FIB_INET, NFT_REJECT_INET (Linux 5.10 or later)",
            () => new ServiceSkeleton(ipv6).Spec(Modes).EnsureIn(nft));
        yield return Try("kernel: nftables sockets", "NetworkPolicies tell the gateway's packets from others of the node", "enable CONFIG_NFT_CT and NFT_OBJREF (Linux 5.10 or later)",
            () => new PolicySkeleton(ipv6).Spec.EnsureIn(nft));
    }

    /// <summary>One mode without affinity and one with it are all forms of rules there are.</summary>
    private static readonly Dictionary<ServiceMode, uint> Modes = new() { [new(2, 0)] = 2, [new(2, 10)] = 2048 };

    private static CheckVerdict Try(string subject, string why, string fix, Action attempt)
    {
        try
        {
            attempt();
            return CheckVerdict.Good(subject, why);
        }
        catch (LinuxException e)
        {
            return CheckVerdict.Bad(subject, e.Message, fix);
        }
    }
}
