using Vitrine.Cni.Config;
using Vitrine.Cni.Ipam;
using Vitrine.Cni.Reaping;
using Vitrine.Cni.Wiring;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;

namespace Vitrine.Cni.Verbs;

/// <summary>GC: removes every link and lease of this network that belongs to no valid attachment. Nothing is deferred: the runtime waits.</summary>
internal static class GcVerb
{
    internal static byte[] Run(NetworkConfig config)
    {
        var valid = config.ValidAttachments
            ?? throw new CniException(ErrorCode.InvalidConfig, "cni.dev/valid-attachments is missing", "without it GC would remove every attachment of the network");
        var keep = valid.Select(a => HostLink.Of(config.Name, a).Name).ToHashSet();
        using var host = RtnetlinkSocket.Open();
        var stale = host.ListLinks()
            .Where(l => l.Alias?.StartsWith(HostLink.AliasStart(config.Name), StringComparison.Ordinal) == true && !keep.Contains(l.Name)).ToList();
        foreach (var link in stale)
            Retire(host, link);
        Sweep.Run(host, config.NetworkDirectory);
        return [];
    }

    private static void Retire(RtnetlinkSocket host, Link link)
    {
        try
        {
            host.SetLink(link.Index, new LinkChange { Up = false, Group = HostLink.DeletionGroup });
        }
        catch (NetlinkException e) when (e.Errno == Errno.ENODEV)
        {
            // Its namespace was taken down since the list was made.
        }
    }
}
