using Vitrine.Cni.Config;
using Vitrine.Cni.Ipam;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;

namespace Vitrine.Cni.Verbs;

/// <summary>STATUS: could an ADD be served now? Silence means yes.</summary>
internal static class StatusVerb
{
    internal static byte[] Run(NetworkConfig config)
    {
        try
        {
            using var host = RtnetlinkSocket.Open();
            if (!Capabilities.Effective().Contains("CAP_NET_ADMIN"))
                throw NotAvailable("CAP_NET_ADMIN is missing", "run the plugin as root");
            using var leases = LeaseFile.Open(config.NetworkDirectory);
            if (leases.Table.Choose(config.Ranges, out var exhausted) is null && leases.Table.Leases.All(l => host.FindLink(l.Link) is not null))
                throw NotAvailable($"no free address in {exhausted}", "delete pods or widen ipam.ranges");
            if (leases.Table.Leases.Count > 0 && NetSysctl.Read("ipv4/ip_forward") == "0")
                throw new CniException(ErrorCode.LimitedConnectivity, "IPv4 forwarding is switched off", "attached pods reach only this host; set net.ipv4.ip_forward to 1");
            return [];
        }
        catch (LinuxException e)
        {
            throw NotAvailable("the kernel refuses netlink", e.Message);
        }
        catch (CniException e) when (e.Code < ErrorCode.NotAvailable || e.Code > ErrorCode.LimitedConnectivity)
        {
            throw NotAvailable(e.Message, e.Details);
        }
    }

    private static CniException NotAvailable(string message, string details) => new(ErrorCode.NotAvailable, message, details);
}
