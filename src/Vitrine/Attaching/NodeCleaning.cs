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
    /// <summary>What names of our tables begin with.</summary>
    public const string Tables = "vitrine-";

    private const string Loopback = "lo", Around = "vitrine";

    /// <summary>Goes on past what fails.</summary>
    /// <param name="root">where this process finds the node's files: "" on the node itself</param>
    /// <param name="binFolder">of the runtime's plugins</param>
    /// <param name="confFolder">of its configurations</param>
    /// <param name="dataFolder">durable</param>
    /// <param name="runFolder">volatile</param>
    /// <param name="dns">addresses the node answered on</param>
    /// <param name="problems">what could not be removed, and why</param>
    /// <returns>what was removed</returns>
    public static IReadOnlyList<string> Run(string root, string binFolder, string confFolder, string dataFolder, string runFolder, IReadOnlyList<IPAddress> dns, List<string> problems)
    {
        var removed = new List<string>();
        var teardown = new Teardown(problems, TimeProvider.System);
        var list = On(Path.Combine(confFolder, Conflist.FileName));
        if (File.Exists(list))
            Try(list, () => File.Delete(list));
        teardown.Try(() => removed.AddRange(CniFiles.Remove(On(binFolder))), binFolder);
        using var nft = NftSocket.Open();
        foreach (var table in nft.ListTables().Where(t => t.Name.StartsWith(Tables, StringComparison.Ordinal)))
            Try($"table {table}", () => nft.TryDeleteTable(table));
        using var links = RtnetlinkSocket.Open();
        RouteSpec[] routes = [.. links.ListRoutes().Where(r => r.Protocol == RouteProtocol.Vitrine)];
        // The node's DNS stood in for other nodes' at the first address of its pod range.
        var own = dns.Concat(routes.Where(r => r.Type == RouteType.Unreachable).Select(r => r.Destination.BaseAddress)).ToHashSet();
        foreach (var held in links.ListAddresses().Where(a => own.Contains(a.Address) && links.FindLink(Loopback)?.Index == a.LinkIndex))
            Try($"address {held.Address}", () => links.DeleteAddress(held.LinkIndex, held.Address, held.PrefixLength));
        foreach (var route in routes)
            Try($"route {route.Destination}", () => links.TryDeleteRoute(route));
        foreach (var tunnel in links.ListLinks().Where(l => l is { Kind: "vxlan", Name: Vtep.Device or Vtep.Device6 }))
            Try($"link {tunnel.Name}", () => links.TryDeleteLink(tunnel.Name));
        // Where one of them is a mount its content goes, and it stays.
        foreach (var folder in new[] { On(dataFolder), On(runFolder) }.Where(Directory.Exists))
        {
            foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
                Try(entry.FullName, () =>
                {
                    if (entry is DirectoryInfo within)
                        within.Delete(recursive: true);
                    else
                        entry.Delete();
                });
            if (!IsMount(folder))
                Try(folder, () => Directory.Delete(folder));
            // The folder of that name around it, unless something else of ours is in it.
            if (Directory.GetParent(folder) is { Name: Around } around && around.Exists && !IsMount(around.FullName) && !around.EnumerateFileSystemInfos().Any())
                Try(around.FullName, around.Delete);
        }
        return [.. removed.Select(r => root.Length > 0 && r.StartsWith(root, StringComparison.Ordinal) ? r[root.Length..] : r)];

        string On(string path) => $"{root}{path}";

        static bool IsMount(string folder) => Mounts.List().Any(m => m.MountPoint == folder);

        void Try(string what, Action remove) => teardown.Try(() =>
        {
            remove();
            removed.Add(what);
        }, what);
    }
}
