using Vitrine.Cni.Firewall;
using Vitrine.Cni.Ipam;
using Vitrine.Cni.Wiring;
using Vitrine.Linux.Netlink;

namespace Vitrine.Cni.Reaping;

/// <summary>
/// Deletes the links that DEL retired, all in one request, then frees every lease whose link is gone, for whatever reason, and takes away the nftables
/// entries of links that are gone.
/// </summary>
internal static class Sweep
{
    internal static void Run(RtnetlinkSocket host, string networkDirectory)
    {
        Links(host);
        using var leases = LeaseFile.Open(networkDirectory);
        // Listed under the lock: an ADD makes its link before it takes the lock and writes nftables after it, so nothing is seen without its link.
        var links = host.ListLinks();
        var names = links.Select(l => l.Name).ToHashSet();
        var network = Path.GetFileName(networkDirectory);
        foreach (var ifb in links.Where(l => IsOrphan(l, network, names)))
            host.TryDeleteLink(ifb.Name);
        leases.Sweep(names.Contains);
        leases.Compact();
        NetworkTables.Sweep(network, names.Contains);
    }

    internal static void Links(RtnetlinkSocket host) => host.TryDeleteGroup(HostLink.DeletionGroup);

    /// <summary>An ifb outlives the veth that a vanished namespace took along.</summary>
    private static bool IsOrphan(Link link, string network, HashSet<string> names) =>
        link.Name.StartsWith(HostLink.IfbPrefix, StringComparison.Ordinal) && link.Alias?.StartsWith(HostLink.AliasStart(network), StringComparison.Ordinal) == true
        && !names.Contains(HostLink.Prefix + link.Name[HostLink.IfbPrefix.Length..]);
}
