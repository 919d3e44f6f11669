using Vitrine.Cni.Config;
using Vitrine.Cni.Invocation;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;

namespace Vitrine.Cni.Wiring;

/// <summary>The veth pair of an attachment, one end on the host and one born in the pod.</summary>
internal static class PodVeth
{
    internal static Link Create(RtnetlinkSocket host, NetnsHandle netns, HostLink names, PluginCall call, NetworkConfig config)
    {
        var routed = config.Mode == WiringMode.Routed;
        var change = new LinkChange
        {
            Up = true, Alias = HostLink.Alias(config.Name, call),
            // A link that IPv6 does not fit through has no IPv6 settings either.
            GenerateLinkLocal = config.Mtu is 0 or >= ConfigReader.LeastIPv6Mtu ? false : null,
            // Routed, both ends know each other by permanent neighbour entries. Strict reverse path holds even while nftables are flushed.
            Arp = routed ? false : null, StrictReversePath = routed ? true : null,
        };
        for (var retry = true; ; retry = false)
            try
            {
                // One send: the link never exists without the alias by which GC knows it.
                host.Batch()
                    .CreateVeth(new VethSpec(names.Name, call.InterfaceName) { PeerNetns = netns, Mac = names.Mac, PeerMac = names.PodMac, Mtu = config.Mtu })
                    .SetLink(names.Name, change)
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
}
