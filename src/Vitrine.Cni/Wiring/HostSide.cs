using System.Net;
using System.Net.Sockets;
using Vitrine.Cni.Config;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;

namespace Vitrine.Cni.Wiring;

/// <summary>The host's side of a pod: routes and neighbours to its link, or its port on the bridge.</summary>
internal static class HostSide
{
    /// <summary>The host does not forward by default, and a pod that reaches only its node is no use. Never switched off again: others rely on it too.</summary>
    /// <exception cref="CniException">the kernel has no IPv6 and a range asks for it (7)</exception>
    internal static void EnableForwarding(IReadOnlyList<RangeSet> sets)
    {
        foreach (var set in sets)
        {
            var name = ForwardingSwitch(set.Family);
            switch (NetSysctl.Read(name))
            {
                case null: throw new CniException(ErrorCode.InvalidConfig, "this kernel has no IPv6", $"remove {set} from ipam.ranges, or boot without ipv6.disable=1");
                case "0": NetSysctl.Write(name, "1"); break;
            }
        }
    }

    internal static string ForwardingSwitch(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? "ipv6/conf/all/forwarding" : "ipv4/ip_forward";

    internal static void RouteTo(RtnetlinkSocket host, Link link, PodPlan plan, MacAddress podMac)
    {
        var batch = host.Batch();
        foreach (var address in plan.Addresses)
        {
            batch.ReplaceNeighbour(link.Index, address.Address, podMac);
            // Replace, not add: a route left by a link of an earlier life of this address must not win.
            batch.ReplaceRoute(RouteTo(address, link.Index));
        }
        batch.Send();
    }

    internal static RouteSpec RouteTo(PodAddress address, int linkIndex) =>
        new(new IPNetwork(address.Address, Gateway.HostBits(address.Family))) { LinkIndex = linkIndex };

    /// <summary>The bridge, made when it is missing, up, with the gateway addresses it is to hold.</summary>
    internal static Link EnsureBridge(RtnetlinkSocket host, NetworkConfig config)
    {
        var bridge = host.FindLink(config.Bridge) ?? CreateBridge(host, config);
        if (bridge.Kind != "bridge")
            throw new CniException(ErrorCode.InvalidConfig, $"{config.Bridge} exists but is no bridge", "choose another name in the config's bridge field");
        if (!bridge.IsUp)
            host.SetUp(bridge.Index);
        if (config.IsGateway)
        {
            var held = host.ListAddresses();
            foreach (var range in config.Ranges.SelectMany(s => s.Ranges))
                if (!held.Any(a => a.LinkIndex == bridge.Index && a.Address.Equals(range.Gateway)))
                    Unless(Linux.Interop.Errno.EEXIST, () => host.AddAddress(bridge.Index, range.Gateway, range.Subnet.PrefixLength));
        }
        return bridge;
    }

    internal static void Plug(RtnetlinkSocket host, Link link, Link bridge, bool hairpin)
    {
        var batch = host.Batch().SetLink(link.Index, new LinkChange { Master = bridge.Index });
        if (hairpin)
            batch.SetHairpin(link.Name, link.Index);
        batch.Send();
    }

    private static Link CreateBridge(RtnetlinkSocket host, NetworkConfig config)
    {
        var mac = HostLink.Of(config.Name, new Attachment(config.Bridge, "bridge")).Mac;
        Unless(Linux.Interop.Errno.EEXIST, () => host.CreateBridge(config.Bridge, mac));
        return host.GetLink(config.Bridge);
    }

    /// <summary>Two first ADDs run at once: the slower one finds the work done.</summary>
    private static void Unless(int errno, Action change)
    {
        try
        {
            change();
        }
        catch (NetlinkException e) when (e.Errno == errno)
        {
        }
    }
}
