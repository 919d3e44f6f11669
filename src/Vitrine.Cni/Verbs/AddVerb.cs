using Vitrine.Cni.Config;
using Vitrine.Cni.Firewall;
using Vitrine.Cni.Invocation;
using Vitrine.Cni.Ipam;
using Vitrine.Cni.Reaping;
using Vitrine.Cni.Results;
using Vitrine.Cni.Shaping;
using Vitrine.Cni.Wiring;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Linux.Nft;

namespace Vitrine.Cni.Verbs;

/// <summary>
/// ADD: attaches a container to the network.
/// <code>
/// 1 create the veth, its peer born in the pod ─ 2 lease addresses ─ 3 configure the pod ─ 4 route to it
///   ─ 5 nftables: who it may claim to be, host ports ─ 6 bandwidth ─ 7 on a bridge, announce it ─ 8 result
/// </code>
/// The link comes before the lease, so a lease without a link is always garbage, whatever was killed when; likewise every nftables entry
/// bears the link's name. Step 3 begins on a thread inside the pod's namespace, where its sysctls are.
/// </summary>
internal static class AddVerb
{
    internal static byte[] Run(PluginCall call, NetworkConfig config)
    {
        var wish = AddWish.Of(call, config);
        using var netns = NetnsHandle.TryOpen(call.NetnsPath!)
            ?? throw new CniException(ErrorCode.UnknownContainer, $"network namespace {call.NetnsPath} does not exist", "the container is gone; nothing was changed");
        using (var own = NetnsHandle.Current())
            if (own.Inode() == netns.Inode())
                throw new CniException(ErrorCode.InvalidEnvironment, $"CNI_NETNS {call.NetnsPath} is the host's own network namespace", "nothing was changed");
        if (config.NetworkPolicy)
            PolicyTable.Require();
        using var host = RtnetlinkSocket.Open();
        HostSide.EnableForwarding(config.Ranges);
        var bridge = config.Mode == WiringMode.Bridge ? HostSide.EnsureBridge(host, config) : null;

        var leased = false;
        var link = PodVeth.Create(host, netns, wish.Names, call, config);          // 1
        try
        {
            var lease = Lease(host, wish, config);                                  // 2
            leased = true;
            var plan = PodPlan.Create(config, lease.Addresses);
            using var pod = netns.Run(() => PodLink.Open(call.InterfaceName, plan.HasIPv6, config.Mode)); // 3
            // The host's end knows the index of this one.
            PodLink.Configure(pod, link.PeerIndex, plan, config, wish.Names.Mac);
            if (bridge is not null)                                                 // 4
                HostSide.Plug(host, link, bridge, config.Hairpin);
            else
                HostSide.RouteTo(host, link, plan, wish.Names.PodMac);
            Guard(host, lease, call, config, bridge);                               // 5
            if (config.Bandwidth is { } bandwidth)                                  // 6
                PodLimits.Apply(host, link, bandwidth, wish.Names.Ifb, HostLink.Alias(config.Name, call));
            if (bridge is not null)                                                 // 7
                PodLink.Announce(pod, link.PeerIndex, wish.Names.PodMac);
            return ResultWriter.Add(Result(call, config, wish.Names, link, bridge, plan), config); // 8
        }
        catch (Exception failure)
        {
            RollBack(host, wish.Names, leased, call, config, failure);
            throw;
        }
    }

    private static Lease Lease(RtnetlinkSocket host, AddWish wish, NetworkConfig config)
    {
        using (var leases = LeaseFile.Open(config.NetworkDirectory))
            if (leases.TryLease(wish.Lease, out _) is { } lease)
                return lease;
        // Collect what DEL left for later, and leases whose pod vanished without one.
        Sweep.Run(host, config.NetworkDirectory);
        using (var leases = LeaseFile.Open(config.NetworkDirectory))
            return leases.TryLease(wish.Lease, out var refusal) ?? throw refusal!;
    }

    private static void Guard(RtnetlinkSocket host, Lease lease, PluginCall call, NetworkConfig config, Link? bridge)
    {
        if (!config.AntiSpoofing && config.PortMappings.Count == 0)
            return;
        using var nft = NftSocket.Open();
        var tables = new NetworkTables(nft, config);
        if (config.AntiSpoofing)
            tables.Admit(lease, call.Pod);
        if (config.PortMappings.Count > 0)
            tables.Publish(host, lease, call.Pod, bridge);
    }

    private static AddResult Result(PluginCall call, NetworkConfig config, HostLink names, Link link, Link? bridge, PodPlan plan)
    {
        var interfaces = new List<ResultInterface>();
        if (bridge is not null)
            interfaces.Add(new ResultInterface(bridge.Name, bridge.Mac?.ToString() ?? "", null, bridge.Mtu));
        interfaces.Add(new ResultInterface(names.Name, names.Mac.ToString(), null, link.Mtu));
        interfaces.Add(new ResultInterface(call.InterfaceName, names.PodMac.ToString(), call.NetnsPath, link.Mtu));
        return new AddResult(interfaces, plan.Addresses, plan.Routes, config.Dns);
    }

    /// <summary>Undoes in reverse: ports, the links, which take their routes along, then the lease. What cannot be undone now, DEL and GC find later.</summary>
    private static void RollBack(RtnetlinkSocket host, HostLink names, bool leased, PluginCall call, NetworkConfig config, Exception failure)
    {
        try
        {
            if (leased && config.PortMappings.Count > 0)
                NetworkTables.Withdraw(names.Name);
            host.TryDeleteLink(names.Name);
            if (config.Bandwidth is { EgressRate: > 0 })
                host.TryDeleteLink(names.Ifb);
            if (!leased)
                return;
            using var leases = LeaseFile.Open(config.NetworkDirectory);
            leases.Free(call.Attachment);
        }
        catch (Exception e) when (e is LinuxException or CniException)
        {
            var code = failure is CniException known ? known.Code : ErrorCode.KernelRefused;
            throw new CniException(code, failure.Message, $"{(failure as CniException)?.Details} Undoing it failed too: {e.Message}; DEL will finish it".TrimStart());
        }
    }
}
