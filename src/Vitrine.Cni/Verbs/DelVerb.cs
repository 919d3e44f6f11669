using Vitrine.Cni.Config;
using Vitrine.Cni.Firewall;
using Vitrine.Cni.Invocation;
using Vitrine.Cni.Ipam;
using Vitrine.Cni.Reaping;
using Vitrine.Cni.Wiring;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;

namespace Vitrine.Cni.Verbs;

/// <summary>
/// DEL: takes the link down, which cuts the pod off and drops its routes, takes its host ports back, and leaves the slow deletion to the reaper
/// (docs/decisions/0002-deferred-deletion.md). Needs neither the namespace nor the result of ADD; doing it twice, or without an ADD, succeeds.
/// </summary>
internal static class DelVerb
{
    internal static byte[] Run(PluginCall call, NetworkConfig config)
    {
        using var host = RtnetlinkSocket.Open();
        var names = HostLink.Of(config.Name, call.Attachment);
        var retired = TryRetire(host, names.Name);
        var limited = TryRetire(host, names.Ifb);
        NetworkTables.Withdraw(names.Name);
        if (retired || limited)
            Reaper.Start(host, config.NetworkDirectory);
        if (!retired)
            FreeLease(call, config);
        return [];
    }

    /// <summary>False when there is no such link.</summary>
    internal static bool TryRetire(RtnetlinkSocket host, string link)
    {
        try
        {
            host.SetLink(link, new LinkChange { Up = false, Group = HostLink.DeletionGroup });
            return true;
        }
        catch (NetlinkException e) when (e.Errno == Errno.ENODEV)
        {
            return false;
        }
    }

    /// <summary>The namespace went first and took the link along, or there never was one; only a lease may be left.</summary>
    private static void FreeLease(PluginCall call, NetworkConfig config)
    {
        if (!File.Exists(config.NetworkDirectory + "/leases"))
            return;
        try
        {
            using var leases = LeaseFile.Open(config.NetworkDirectory);
            leases.Free(call.Attachment);
        }
        catch (CniException e) when (e.Code == ErrorCode.InputOutput)
        {
            // A full disk. The lease has no link, so the next sweep frees it; a DEL that fails would keep the runtime from ending the pod.
        }
    }
}
