using Vitrine.Cni.Config;
using Vitrine.Cni.Invocation;
using Vitrine.Cni.Ipam;
using Vitrine.Cni.Reaping;
using Vitrine.Cni.Wiring;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;

namespace Vitrine.Cni.Verbs;

/// <summary>
/// DEL: takes the link down, which cuts the pod off and drops its routes, and leaves the slow deletion to the reaper
/// (docs/decisions/0002-deferred-deletion.md). Needs neither the namespace nor the result of ADD; doing it twice, or without an ADD, succeeds.
/// </summary>
internal static class DelVerb
{
    internal static byte[] Run(PluginCall call, NetworkConfig config)
    {
        using var host = RtnetlinkSocket.Open();
        try
        {
            host.SetLink(HostLink.Of(config.Name, call.Attachment).Name, new LinkChange { Up = false, Group = HostLink.DeletionGroup });
        }
        catch (NetlinkException e) when (e.Errno == Errno.ENODEV)
        {
            // The namespace went first and took the link along, or there never was one; only a lease may be left.
            if (File.Exists(config.NetworkDirectory + "/leases"))
            {
                using var leases = LeaseFile.Open(config.NetworkDirectory);
                leases.Free(call.Attachment);
            }
            return [];
        }
        Reaper.Start(host, config.NetworkDirectory);
        return [];
    }
}
