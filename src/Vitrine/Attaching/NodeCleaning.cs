using System.Net;
using Vitrine.Agent.Node;
using Vitrine.Clusters;
using Vitrine.Dataplane;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Nft;
using Vitrine.Model.Plans;

namespace Vitrine.Attaching;

/// <summary>
/// Leaves a node as it was before network components ran there: configuration first, lest a pod start, then what is in the kernel, then files. Forwarding stays
/// on, since others rely on it too. It works on the network namespace it is called in.
/// </summary>
internal static class NodeCleaning
{
    private const string Tables = "vitrine-", Loopback = "lo";

    /// <summary>Goes on past what fails.</summary>
    /// <param name="problems">what could not be removed, and why</param>
    /// <returns>what was removed</returns>
    public static IReadOnlyList<string> Run(string binFolder, string confFolder, string dataFolder, string runFolder, IReadOnlyList<IPAddress> dns, List<string> problems)
    {
        var removed = new List<string>();
        var teardown = new Teardown(problems, TimeProvider.System);
        var list = Path.Combine(confFolder, Conflist.FileName);
        if (File.Exists(list))
            Try(list, () => File.Delete(list));
        teardown.Try(() => removed.AddRange(CniFiles.Remove(binFolder)), binFolder);
        using var nft = NftSocket.Open();
        foreach (var table in nft.ListTables().Where(t => t.Name.StartsWith(Tables, StringComparison.Ordinal)))
            Try($"table {table}", () => nft.TryDeleteTable(table));
        using var links = RtnetlinkSocket.Open();
        foreach (var route in links.ListRoutes().Where(r => r.Protocol == RouteProtocol.Vitrine))
            Try($"route {route.Destination}", () => links.TryDeleteRoute(route));
        foreach (var tunnel in links.ListLinks().Where(l => l is { Kind: "vxlan", Name: Vtep.Device or Vtep.Device6 }))
            Try($"link {tunnel.Name}", () => links.TryDeleteLink(tunnel.Name));
        foreach (var held in links.ListAddresses().Where(a => dns.Contains(a.Address) && links.FindLink(Loopback)?.Index == a.LinkIndex))
            Try($"address {held.Address}", () => links.DeleteAddress(held.LinkIndex, held.Address, held.PrefixLength));
        // In a pod both are mounts of its own: their content goes, and they, where they may.
        foreach (var folder in new[] { dataFolder, runFolder }.Where(Directory.Exists))
        {
            foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
                Try(entry.FullName, () =>
                {
                    if (entry is DirectoryInfo within)
                        within.Delete(recursive: true);
                    else
                        entry.Delete();
                });
            if (!Mounts.List().Any(m => m.MountPoint == folder))
                Try(folder, () => Directory.Delete(folder));
        }
        return removed;

        void Try(string what, Action remove) => teardown.Try(() =>
        {
            remove();
            removed.Add(what);
        }, what);
    }
}
