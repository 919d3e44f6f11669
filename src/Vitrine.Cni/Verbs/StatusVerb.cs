using Vitrine.Cni.Config;
using Vitrine.Cni.Firewall;
using Vitrine.Cni.Ipam;
using Vitrine.Cni.Wiring;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;
using Vitrine.Linux.Nft;

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
            CheckNft();
            if (config.NetworkPolicy)
                PolicyTable.Require();
            if (config.Mode != WiringMode.Chained)
                CheckNetwork(host, config);
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

    private static void CheckNetwork(RtnetlinkSocket host, NetworkConfig config)
    {
        using var leases = LeaseFile.Open(config.NetworkDirectory);
        var any = new LeaseRequest(new Attachment("", ""), "", config.Ranges, []);
        if (leases.Table.Choose(any, out var refusal) is null && leases.Table.Leases.All(l => host.FindLink(l.Link) is not null))
            throw refusal!;
        foreach (var set in config.Ranges)
            switch (NetSysctl.Read(HostSide.ForwardingSwitch(set.Family)))
            {
                case null: throw NotAvailable("this kernel has no IPv6", $"remove {set} from ipam.ranges, or boot without ipv6.disable=1");
                case "0" when leases.Table.Leases.Count > 0:
                    throw new CniException(ErrorCode.LimitedConnectivity, "forwarding is switched off", $"attached pods reach only this host; set net/{HostSide.ForwardingSwitch(set.Family)} to 1");
            }
    }

    /// <summary>Host ports and antispoofing stand on nf_tables; a kernel without it refuses the socket or the question.</summary>
    private static void CheckNft()
    {
        try
        {
            using var nft = NftSocket.Open();
            nft.ListTables();
        }
        catch (LinuxException e)
        {
            throw NotAvailable("nf_tables is missing", $"{e.Message}; load the kernel module nf_tables");
        }
    }

    private static CniException NotAvailable(string message, string details) => new(ErrorCode.NotAvailable, message, details);
}
