using System.Net;
using Vitrine.Cni.Config;
using Vitrine.Cni.Invocation;
using Vitrine.Cni.Ipam;
using Vitrine.Cni.Reaping;
using Vitrine.Cni.Results;
using Vitrine.Cni.Wiring;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;

namespace Vitrine.Cni.Verbs;

/// <summary>
/// ADD: attaches a container to the network.
/// <code>
/// 1 create the veth, its peer born in the pod ─ 2 lease addresses ─ 3 configure the pod ─ 4 route to it ─ 5 result
/// </code>
/// The link comes before the lease, so a lease without a link is always garbage, whatever was killed when. Steps 1 to 3 run on a thread inside the
/// pod's namespace, where its sysctls are; the host's socket works from there as well.
/// </summary>
internal static class AddVerb
{
    internal static byte[] Run(PluginCall call, NetworkConfig config)
    {
        if (config.Mode == WiringMode.Routed && config.Routes?.FirstOrDefault(r => r.Gateway is not null) is { } odd)
            throw new CniException(ErrorCode.InvalidConfig, $"route {odd.Destination} has a gateway", "in routed mode every route goes by the link-local gateway; leave out gw");
        using var netns = NetnsHandle.TryOpen(call.NetnsPath!)
            ?? throw new CniException(ErrorCode.UnknownContainer, $"network namespace {call.NetnsPath} does not exist", "the container is gone; nothing was changed");
        using (var own = NetnsHandle.Current())
            if (own.Inode() == netns.Inode())
                throw new CniException(ErrorCode.InvalidEnvironment, $"CNI_NETNS {call.NetnsPath} is the host's own network namespace", "nothing was changed");
        using var host = RtnetlinkSocket.Open();
        var names = HostLink.Of(config.Name, call.Attachment);
        var bridge = config.Mode == WiringMode.Bridge ? HostSide.EnsureBridge(host, config) : null;

        var link = Create(host, netns, names, call, config);                     // 1
        try
        {
            var plan = PodPlan.Create(config, Lease(host, names, call, config)); // 2
            netns.Run(() => ConfigurePod(call.InterfaceName, names, plan, config)); // 3
            HostSide.EnableForwarding(plan);                                     // 4
            if (bridge is not null)
                HostSide.Plug(host, link, bridge, config.Hairpin);
            else
            {
                HostSide.RefuseSpoofing(names.Name);
                HostSide.RouteTo(host, link, plan, names.PodMac);
            }
            return ResultWriter.Add(Result(call, config, names, link, bridge, plan), config); // 5
        }
        catch (Exception failure)
        {
            RollBack(host, names, call, config, failure);
            throw;
        }
    }

    private static Link Create(RtnetlinkSocket host, NetnsHandle netns, HostLink names, PluginCall call, NetworkConfig config)
    {
        // A link that IPv6 does not fit through has no IPv6 settings either.
        bool? generateLinkLocal = config.Mtu is 0 or >= ConfigReader.LeastIPv6Mtu ? false : null;
        for (var retry = true; ; retry = false)
            try
            {
                // One send: the link never exists without the alias by which GC knows it.
                host.Batch()
                    .CreateVeth(new VethSpec(names.Name, call.InterfaceName) { PeerNetns = netns, Mac = names.Mac, PeerMac = names.PodMac, Mtu = config.Mtu })
                    .SetLink(names.Name, new LinkChange { Up = true, GenerateLinkLocal = generateLinkLocal, Alias = HostLink.Alias(config.Name, call.Attachment, call.Pod) })
                    .Send();
                return host.GetLink(names.Name);
            }
            catch (NetlinkException e) when (e.Errno == Errno.EEXIST)
            {
                // Perhaps only what a DEL of a moment ago has not yet deleted.
                if (!retry || !host.TryDeleteGroup(HostLink.DeletionGroup))
                    throw new CniException(ErrorCode.AlreadyAttached, $"container {call.ContainerId} already has an interface {call.InterfaceName}",
                        $"{e.Message}; a runtime calls ADD once per container and interface, DEL comes first");
            }
            catch (LinuxException)
            {
                // The kernel goes through all requests of a send: the link may be there although its settings were refused.
                host.TryDeleteLink(names.Name);
                throw;
            }
    }

    private static IReadOnlyList<IPAddress> Lease(RtnetlinkSocket host, HostLink names, PluginCall call, NetworkConfig config)
    {
        using (var leases = LeaseFile.Open(config.NetworkDirectory))
            if (leases.TryLease(call.Attachment, names.Name, config.Ranges, out _) is { } lease)
                return lease.Addresses;
        // Full: collect what DEL left for later, and leases whose pod vanished without one.
        Sweep.Run(host, config.NetworkDirectory);
        using (var leases = LeaseFile.Open(config.NetworkDirectory))
            return leases.TryLease(call.Attachment, names.Name, config.Ranges, out var exhausted)?.Addresses
                ?? throw new CniException(ErrorCode.AddressesExhausted, $"no free address in {exhausted} of network {config.Name}",
                    $"{leases.Table.Leases.Count} attachments hold one each; delete pods or widen ipam.ranges");
    }

    private static void ConfigurePod(string ifname, HostLink names, PodPlan plan, NetworkConfig config)
    {
        PodLink.WriteSysctls(ifname, plan.HasIPv6);
        using var pod = RtnetlinkSocket.Open();
        PodLink.Configure(pod, pod.GetLink(ifname), plan, config, names.Mac);
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

    /// <summary>Undoes in reverse: the link, which takes its routes along, then the lease. What cannot be undone now, DEL and GC find later.</summary>
    private static void RollBack(RtnetlinkSocket host, HostLink names, PluginCall call, NetworkConfig config, Exception failure)
    {
        try
        {
            host.TryDeleteLink(names.Name);
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
