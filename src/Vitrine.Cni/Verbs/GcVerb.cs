using Vitrine.Cni.Config;
using Vitrine.Cni.Firewall;
using Vitrine.Cni.Reaping;
using Vitrine.Cni.Wiring;
using Vitrine.Linux.Netlink;

namespace Vitrine.Cni.Verbs;

/// <summary>
/// GC: removes every link, lease and nftables entry of this network that belongs to no valid attachment, and writes anew what somebody flushed of the
/// valid ones. Nothing is deferred: the runtime waits.
/// </summary>
internal static class GcVerb
{
    internal static byte[] Run(NetworkConfig config)
    {
        if (config.RestoreOnly)
            return Restore(config);
        var valid = config.ValidAttachments
            ?? throw new CniException(ErrorCode.InvalidConfig, "cni.dev/valid-attachments is missing", "without it GC would remove every attachment of the network");
        var names = valid.Select(a => HostLink.Of(config.Name, a)).ToList();
        var keep = names.SelectMany(n => (string[])[n.Name, n.Ifb, n.ChainedIfb]).ToHashSet();
        using var host = RtnetlinkSocket.Open();
        var stale = host.ListLinks()
            .Where(l => l.Alias?.StartsWith(HostLink.AliasStart(config.Name), StringComparison.Ordinal) == true && !keep.Contains(l.Name)).ToList();
        foreach (var link in stale)
            DelVerb.TryRetire(host, link.Name);
        if (config.Mode == WiringMode.Chained)
        {
            Sweep.Links(host);
            var owners = names.Select(n => n.ChainedName).ToHashSet();
            using var nft = NftTables.TryOpen();
            if (nft is not null)
                HostPorts.Withdraw(nft, owner => owner.Network == config.Name && !owners.Contains(owner.Link));
            return [];
        }
        Sweep.Run(host, config.NetworkDirectory);
        return Restore(config);
    }

    private static byte[] Restore(NetworkConfig config)
    {
        using var nft = NftTables.TryOpen();
        if (nft is not null)
            new NetworkTables(nft, config).Restore();
        return [];
    }
}
