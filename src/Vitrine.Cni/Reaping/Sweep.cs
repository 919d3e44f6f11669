using Vitrine.Cni.Ipam;
using Vitrine.Cni.Wiring;
using Vitrine.Linux.Netlink;

namespace Vitrine.Cni.Reaping;

/// <summary>Deletes the links that DEL retired, all in one request, then frees every lease whose link is gone, for whatever reason.</summary>
internal static class Sweep
{
    internal static void Run(RtnetlinkSocket host, string networkDirectory)
    {
        host.TryDeleteGroup(HostLink.DeletionGroup);
        using var leases = LeaseFile.Open(networkDirectory);
        // Listed under the lock: an ADD makes its link before it takes the lock, so no lease is seen without its link.
        var links = host.ListLinks().Select(l => l.Name).ToHashSet();
        leases.Sweep(links.Contains);
        leases.Compact();
    }
}
