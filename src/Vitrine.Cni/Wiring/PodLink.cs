using Vitrine.Cni.Config;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;

namespace Vitrine.Cni.Wiring;

/// <summary>The pod's side, by a socket that was opened in the pod's network namespace.</summary>
internal static class PodLink
{
    private const int LoopbackIndex = 1;

    /// <summary>
    /// Runs on a thread inside the namespace, before the link is up: no router advertisement may configure it (CVE-2020-10749), and addresses are ours by lease, so DAD is idle time. On a bridge the link can be told
    /// to announce its addresses.
    /// </summary>
    /// <remarks>
    /// A pod without IPv6 addresses gets no link-local one either, by <see cref="LinkChange.GenerateLinkLocal"/>. Writing disable_ipv6 would do more, but
    /// that switch tries for the rtnl lock in a loop instead of waiting for it: a hundred pods at once would spin for most of their start.
    /// </remarks>
    /// <returns>by which everything else is asked for, from any thread</returns>
    internal static RtnetlinkSocket Open(string ifname, bool ipv6, WiringMode mode)
    {
        if (ipv6 && NetSysctl.Read($"ipv6/conf/{ifname}/disable_ipv6") == "1")
            NetSysctl.Write($"ipv6/conf/{ifname}/disable_ipv6", "0");
        NetSysctl.TryWrite($"ipv6/conf/{ifname}/accept_ra", "0");
        if (ipv6)
            NetSysctl.TryWrite($"ipv6/conf/{ifname}/accept_dad", "0");
        if (mode == WiringMode.Bridge)
            NetSysctl.TryWrite($"ipv4/conf/{ifname}/arp_notify", "1");
        if (mode == WiringMode.Bridge && ipv6)
            NetSysctl.TryWrite($"ipv6/conf/{ifname}/ndisc_notify", "1");
        return RtnetlinkSocket.Open();
    }

    internal static void Configure(RtnetlinkSocket pod, int index, PodPlan plan, NetworkConfig config, MacAddress hostMac)
    {
        var batch = pod.Batch().SetLink(LoopbackIndex, new LinkChange { Up = true });
        // A request of its own: within one, a link goes up before its families' settings are read.
        if (!plan.HasIPv6 && (config.Mtu is 0 or >= ConfigReader.LeastIPv6Mtu))
            batch.SetLink(index, new LinkChange { GenerateLinkLocal = false });
        batch.SetLink(index, new LinkChange { Up = true });
        foreach (var address in plan.Addresses)
        {
            batch.AddAddress(index, address.Address, address.PrefixLength);
            if (config.Mode == WiringMode.Routed)
                batch.ReplaceNeighbour(index, address.Gateway!, hostMac);
        }
        foreach (var route in plan.Routes)
            batch.AddRoute(Spec(route, index, config.Mode));
        batch.Send();
    }

    /// <summary>
    /// On a bridge others may know the pod's addresses at the MAC of the pod that had them before, and would send there for half a minute. Given the MAC it has
    /// already, the link announces its addresses, by the sysctls above; a packet socket to do it with would take 8 ms to close.
    /// </summary>
    internal static void Announce(RtnetlinkSocket pod, int index, MacAddress mac) => pod.SetLink(index, new LinkChange { Mac = mac });

    internal static RouteSpec Spec(PodRoute route, int linkIndex, WiringMode mode) =>
        new(route.Destination) { Gateway = route.Gateway, LinkIndex = linkIndex, OnLink = mode == WiringMode.Routed };
}
