using System.Net;
using System.Net.Sockets;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Netns;

namespace Vitrine.Clusters;

/// <summary>
/// What a cluster adds to the host's network: one bridge with the nodes' links, and routes that keep every packet for the
/// cluster's ranges on this machine (blackholes, more specific ones towards the nodes). Nothing else of the host is touched.
/// </summary>
internal sealed class HostNetwork(ClusterPaths paths, ClusterSpec spec)
{
    // RT_TABLE_MAIN of linux/rtnetlink.h; the local table repeats every address of the host.
    private const uint MainTable = 254;

    /// <summary>Makes what is missing; what is there stays.</summary>
    public void Ensure()
    {
        using var host = RtnetlinkSocket.Open();

        // Blackholes first: from here on no packet for these ranges can leave by the uplink.
        foreach (var cidr in new[] { spec.PodCidr, spec.ServiceCidr })
        {
            host.ReplaceRoute(RouteSpec.Blackhole(IPNetwork.Parse(cidr)));
        }

        var nodes = IPNetwork.Parse(spec.NodeCidr);
        var bridge = host.FindLink(paths.Bridge);
        if (bridge is null)
        {
            host.CreateBridge(paths.Bridge);
            bridge = host.FindLink(paths.Bridge)!;
            host.AddAddress(bridge.Index, spec.BridgeAddress, nodes.PrefixLength);
        }

        host.SetUp(bridge.Index);
    }

    /// <summary>Connects a node's namespace to the bridge and routes its pods to it.</summary>
    public void EnsureNode(NodeSpec node, NodeNamespaces namespaces)
    {
        using var host = RtnetlinkSocket.Open();
        using var netns = NetnsHandle.Open(namespaces.Network);
        using var inside = RtnetlinkSocket.OpenIn(netns);
        var link = paths.NodeLink(node.Name);
        if (inside.FindLink("eth0") is null)
        {
            host.TryDeleteLink(link);
            host.CreateVeth(link, "eth0", netns);
        }

        host.SetMaster(link, paths.Bridge);
        host.SetUp(link);
        inside.SetUp("lo");
        var eth0 = inside.GetLink("eth0");
        if (!inside.ListAddresses().Any(a => a.LinkIndex == eth0.Index && a.Address.Equals(IPAddress.Parse(node.Address))))
        {
            inside.AddAddress(eth0.Index, IPAddress.Parse(node.Address), IPNetwork.Parse(spec.NodeCidr).PrefixLength);
        }

        inside.SetUp("eth0");
        netns.Run(() => NetSysctl.Write("ipv4/ip_forward", "1"));
    }

    /// <summary>Removes all of it; what is gone already is fine.</summary>
    public static void Remove(ClusterPaths paths, ClusterSpec? spec, List<string> problems)
    {
        using var host = RtnetlinkSocket.Open();
        foreach (var link in host.ListLinks().Where(l => l.Name == paths.Bridge || spec?.Nodes.Any(n => paths.NodeLink(n.Name) == l.Name) == true))
        {
            Try(() => host.TryDeleteLink(link.Name), $"link {link.Name}", problems);
        }

        foreach (var cidr in spec is null ? [] : new[] { spec.PodCidr, spec.ServiceCidr })
        {
            Try(() => host.TryDeleteRoute(RouteSpec.Blackhole(IPNetwork.Parse(cidr))), $"route {cidr}", problems);
        }
    }

    /// <summary>Ranges this host routes already, with who they belong to; the default route is not one.</summary>
    public static IReadOnlyCollection<(IPNetwork Range, string Owner)> Taken()
    {
        using var host = RtnetlinkSocket.Open();
        var names = host.ListLinks().ToDictionary(l => l.Index, l => l.Name);
        return [.. host.ListRoutes()
            .Where(r => r.Table == MainTable && r.Destination is { PrefixLength: > 0, BaseAddress.AddressFamily: AddressFamily.InterNetwork })
            .Select(r => (r.Destination, names.TryGetValue(r.LinkIndex, out var name) ? $"dev {name}" : $"{r.Type} route"))];
    }

    private static void Try(Action remove, string what, List<string> problems)
    {
        try
        {
            remove();
        }
        catch (NetlinkException e)
        {
            problems.Add($"{what}: {e.Message}");
        }
    }
}
