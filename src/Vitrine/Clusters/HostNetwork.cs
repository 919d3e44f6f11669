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
    /// <summary>Makes what is missing; what is there stays.</summary>
    public void Ensure()
    {
        using var host = RtnetlinkSocket.Open();

        // Blackholes first: from here on no packet for these ranges can leave by the uplink.
        foreach (var cidr in new[] { spec.PodCidr, spec.ServiceCidr })
        {
            host.ReplaceRoute(Blackhole(cidr));
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
        var bridge = host.FindLink(paths.Bridge)!;
        if (inside.FindLink("eth0") is null)
        {
            if (host.FindLink(link) is { } stale)
            {
                host.DeleteLink(stale.Name);
            }

            host.CreateVeth(link, "eth0", netns);
        }

        var outer = host.FindLink(link)!;
        host.SetMaster(outer.Index, bridge.Index);
        host.SetUp(outer.Index);
        inside.SetUp(inside.FindLink("lo")!.Index);
        var eth0 = inside.FindLink("eth0")!;
        if (!inside.ListAddresses().Any(a => a.LinkIndex == eth0.Index && a.Address.Equals(IPAddress.Parse(node.Address))))
        {
            inside.AddAddress(eth0.Index, IPAddress.Parse(node.Address), IPNetwork.Parse(spec.NodeCidr).PrefixLength);
        }

        inside.SetUp(eth0.Index);
        NetSysctl.Write(netns, "ipv4/ip_forward", "1");
    }

    /// <summary>Removes all of it; what is gone already is fine.</summary>
    public static void Remove(ClusterPaths paths, ClusterSpec? spec, List<string> problems)
    {
        using var host = RtnetlinkSocket.Open();
        foreach (var link in host.ListLinks().Where(l => l.Name == paths.Bridge || spec?.Nodes.Any(n => paths.NodeLink(n.Name) == l.Name) == true))
        {
            Try(() => host.DeleteLink(link.Name), $"link {link.Name}", problems);
        }

        foreach (var (_, cidr) in spec?.AllRanges ?? [])
        {
            var range = IPNetwork.Parse(cidr);
            foreach (var route in host.ListRoutes().Where(r => r.Destination is { } d && d.Equals(range) && r.Type == RouteType.Blackhole))
            {
                Try(() => host.DeleteRoute(Blackhole(cidr)), $"route {cidr}", problems);
            }
        }
    }

    /// <summary>Ranges this host routes already, with who they belong to; the default route is not one.</summary>
    public static IReadOnlyCollection<(IPNetwork Range, string Owner)> Taken()
    {
        using var host = RtnetlinkSocket.Open();
        var names = host.ListLinks().ToDictionary(l => l.Index, l => l.Name);
        return [.. host.ListRoutes()
            .Where(r => r.Table == RouteSpec.MainTable && r.Destination is { PrefixLength: > 0, BaseAddress.AddressFamily: AddressFamily.InterNetwork })
            .Select(r => (r.Destination!.Value, r.LinkIndex is { } i && names.TryGetValue(i, out var name) ? $"dev {name}" : $"{r.Type}".ToLowerInvariant()))];
    }

    private static RouteSpec Blackhole(string cidr) => new() { Destination = IPNetwork.Parse(cidr), Type = RouteType.Blackhole };

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
