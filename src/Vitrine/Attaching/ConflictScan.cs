using System.Net;
using Vitrine.Agent.Node;
using Vitrine.Dataplane;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Nft;
using Vitrine.Model.Snapshot;

namespace Vitrine.Attaching;

/// <summary>
/// Looks for others who do what a component is to do: kube-proxy's tables, another CNI configuration, routes to other nodes' pods, another holder of the DNS
/// address, other policy engines. Nothing is touched. It reads the network namespace it is called in.
/// </summary>
internal static class ConflictScan
{
    private const string Proxy = "stop kube-proxy on this node and run `kube-proxy --cleanup` there, or leave services out of --components";
    private const string DnsTable = "vitrine-dns";
    private static readonly string[] PolicyChains = ["cali-", "KUBE-NWPLCY", "KUBE-POD-FW", "CILIUM_", "WEAVE-NPC"];

    /// <param name="wanted">components that are to run</param>
    /// <param name="confFolder">the runtime's folder of CNI configurations</param>
    /// <param name="dns">the cluster's DNS addresses</param>
    /// <param name="nodeName">this node's name</param>
    /// <param name="nodes">all of the cluster, for their pod ranges</param>
    public static IReadOnlyList<Conflict> Read(NodeComponents wanted, string confFolder, IReadOnlyList<IPAddress> dns, string nodeName, IEnumerable<Node> nodes)
    {
        using var nft = NftSocket.Open();
        using var links = RtnetlinkSocket.Open();
        var tables = nft.ListTables();
        IEnumerable<Conflict> found =
        [
            .. wanted.HasFlag(NodeComponents.Cni) ? Configurations(confFolder) : [],
            .. wanted.HasFlag(NodeComponents.Services) ? Proxies(nft, tables, links) : [],
            .. wanted.HasFlag(NodeComponents.Policy) ? Engines(nft, tables) : [],
            .. wanted.HasFlag(NodeComponents.Dns) ? Holders(links, tables, dns) : [],
            .. wanted.HasFlag(NodeComponents.Routes) ? Routers(links, nodeName, nodes) : [],
        ];
        return [.. found];
    }

    /// <summary>An agent was at work on this node before, and so had found nobody.</summary>
    public static bool WasClear()
    {
        using var nft = NftSocket.Open();
        return nft.ListTables().Any(t => t.Name.StartsWith(NodeCleaning.Tables, StringComparison.Ordinal));
    }

    /// <summary>The runtime takes the first by name, and a node has one network.</summary>
    internal static IEnumerable<Conflict> Configurations(string folder) =>
        from file in Directory.Exists(folder) ? Directory.GetFiles(folder) : []
        where Path.GetExtension(file) is ".conflist" or ".conf" or ".json" && Path.GetFileName(file) != Conflist.FileName
        orderby Path.GetFileName(file)
        select new Conflict(NodeComponents.Cni, $"{file} configures another network", "remove it and restart its pods, or leave cni out of --components");

    private static IEnumerable<Conflict> Proxies(NftSocket nft, IReadOnlyList<NftTable> tables, RtnetlinkSocket links)
    {
        foreach (var table in tables.Where(t => KubeProxyTraces.HasChain(nft, t)))
            yield return new Conflict(NodeComponents.Services, $"kube-proxy (iptables) has its rules in the kernel: table {table}, chain {KubeProxyTraces.Chain}", Proxy);
        foreach (var table in tables.Where(KubeProxyTraces.IsTable))
            yield return new Conflict(NodeComponents.Services, $"kube-proxy (nftables) has its rules in the kernel: table {table}", Proxy);
        if (KubeProxyTraces.HasLink(links))
            yield return new Conflict(NodeComponents.Services, $"kube-proxy (IPVS) has its link {KubeProxyTraces.Link}", Proxy);
    }

    private static IEnumerable<Conflict> Engines(NftSocket nft, IReadOnlyList<NftTable> tables)
    {
        var chains = tables.Where(t => t.Name == "filter").SelectMany(t => nft.ListChains(t).Select(c => (Table: $"{t}", c.Name))).Where(c => PolicyChains.Any(p => c.Name.StartsWith(p, StringComparison.Ordinal))).ToArray();
        if (chains is [var (table, chain), ..])
            yield return new Conflict(NodeComponents.Policy, $"another policy engine has its rules in the kernel: table {table}, chain {chain}", "a packet passes only where both let it; remove the other one", IsFatal: false);
        foreach (var other in tables.Where(t => t.Name == "kube-network-policies"))
            yield return new Conflict(NodeComponents.Policy, $"another policy engine has its rules in the kernel: table {other}", "a packet passes only where both let it; remove the other one", IsFatal: false);
    }

    private static IEnumerable<Conflict> Holders(RtnetlinkSocket links, IReadOnlyList<NftTable> tables, IReadOnlyList<IPAddress> dns)
    {
        var ours = tables.Any(t => t.Name == DnsTable);
        foreach (var held in links.ListAddresses().Where(a => dns.Contains(a.Address)))
            if (links.ListLinks().FirstOrDefault(l => l.Index == held.LinkIndex) is { } link && !(ours && link.Name == "lo"))
                yield return new Conflict(NodeComponents.Dns, $"the DNS address {held.Address} is on link {link.Name} already", "remove the node-local DNS that holds it, or leave dns out of --components");
    }

    private static IEnumerable<Conflict> Routers(RtnetlinkSocket links, string nodeName, IEnumerable<Node> nodes)
    {
        var ranges = nodes.Where(n => n.Name != nodeName).SelectMany(n => n.PodCidrs.Select(r => (Range: r, n.Name))).DistinctBy(r => r.Range).ToDictionary(r => r.Range, r => r.Name);
        var names = links.ListLinks().ToDictionary(l => l.Index, l => l.Name);
        return from route in links.ListRoutes()
               where route.Protocol != RouteProtocol.Vitrine && ranges.ContainsKey(route.Destination)
               let way = $"{(route.Gateway is null ? "" : $" via {route.Gateway}")}{(names.TryGetValue(route.LinkIndex, out var link) ? $" dev {link}" : "")}"
               select new Conflict(NodeComponents.Routes, $"route {route.Destination}{way} leads to the pods of node {ranges[route.Destination]} already", "remove whoever made it and the route, or leave routes out of --components");
    }
}
