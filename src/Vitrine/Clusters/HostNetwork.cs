using System.Buffers.Binary;
using System.Net;
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
        foreach (var range in Blackholed(spec))
        {
            host.ReplaceRoute(RouteSpec.Blackhole(range));
        }

        var bridge = host.FindLink(paths.Bridge);
        if (bridge is null)
        {
            host.CreateBridge(paths.Bridge, MacOf(spec.BridgeAddresses[0]));
            bridge = host.FindLink(paths.Bridge)!;
            host.SetLink(bridge.Index, new LinkChange { Mtu = spec.Mtu });
        }

        Address(host, bridge.Index, spec.BridgeAddresses);
        host.SetUp(bridge.Index);
        if (spec.Egress == HostEgress.Nat)
        {
            new HostEgress(paths, spec).Ensure();
        }
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
            host.CreateVeth(new VethSpec(link, "eth0") { PeerNetns = netns, PeerMac = MacOf(node.Parsed.First()), Mtu = spec.Mtu });
        }

        host.SetMaster(link, paths.Bridge);
        host.SetUp(link);
        inside.SetUp("lo");
        netns.Run(() =>
        {
            NetSysctl.Write("ipv4/ip_forward", "1");
            if (Ranges.HostHasIPv6)
            {
                NetSysctl.Write("ipv6/conf/all/forwarding", "1");
                // What it forwards waits for neighbours that it asks for by its link-local address; DAD of that would take up to two seconds, and its MAC is its own.
                NetSysctl.TryWrite("ipv6/conf/eth0/accept_dad", "0");
            }
        });
        Address(inside, inside.GetLink("eth0").Index, [.. node.Parsed]);
        inside.SetUp("eth0");
        if (spec.Egress == HostEgress.Nat)
        {
            new HostEgress(paths, spec).EnsureNode(inside);
        }
    }

    /// <summary>Takes a node's link away; its namespace goes with the last process in it.</summary>
    public void RemoveNode(NodeSpec node)
    {
        using var host = RtnetlinkSocket.Open();
        host.TryDeleteLink(paths.NodeLink(node.Name));
    }

    /// <summary>Removes all of it; what is gone already is fine.</summary>
    public static void Remove(ClusterPaths paths, ClusterSpec? spec, Teardown teardown)
    {
        using var host = RtnetlinkSocket.Open();
        foreach (var link in host.ListLinks().Where(l => l.Name == paths.Bridge || spec?.Nodes.Any(n => paths.NodeLink(n.Name) == l.Name) == true))
        {
            teardown.Try(() => host.TryDeleteLink(link.Name), $"link {link.Name}");
        }

        if (spec?.Egress == HostEgress.Nat)
        {
            teardown.Try(() => new HostEgress(paths, spec).Remove(), "the way out");
        }

        foreach (var range in spec is null ? [] : Blackholed(spec))
        {
            teardown.Try(() => host.TryDeleteRoute(RouteSpec.Blackhole(range)), $"route {range}");
        }
    }

    /// <summary>Ranges this host routes already, with who they belong to; the default route is not one.</summary>
    public static IReadOnlyCollection<(IPNetwork Range, string Owner)> Taken()
    {
        using var host = RtnetlinkSocket.Open();
        var names = host.ListLinks().ToDictionary(l => l.Index, l => l.Name);
        return [.. host.ListRoutes()
            .Where(r => r.Table == MainTable && r.Destination.PrefixLength > 0 && !r.Destination.BaseAddress.IsIPv6LinkLocal && !r.Destination.BaseAddress.IsIPv6Multicast)
            .Select(r => (r.Destination, names.TryGetValue(r.LinkIndex, out var name) ? $"dev {name}" : $"{r.Type} route"))];
    }

    /// <summary>
    /// It follows from the address, which nobody else on the bridge has: a node that comes back, or another in its place, is where its neighbours remember it.
    /// And a bridge without a MAC of its own has its ports' lowest, which comes and goes with them. What neighbours remember wrongly they do for most of a minute.
    /// </summary>
    private static MacAddress MacOf(IPAddress address) => MacAddress.LocallyAdministered(BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes().AsSpan(^4..)));

    private static IEnumerable<IPNetwork> Blackholed(ClusterSpec spec) => ClusterSpec.Parse([.. spec.PodCidrs, .. spec.ServiceCidrs]);

    private void Address(RtnetlinkSocket socket, int link, IReadOnlyList<IPAddress> addresses)
    {
        var there = socket.ListAddresses().Where(a => a.LinkIndex == link).Select(a => a.Address).ToHashSet();
        foreach (var (address, range) in addresses.Zip(ClusterSpec.Parse(spec.NodeCidrs)).Where(a => !there.Contains(a.First)))
        {
            socket.AddAddress(link, address, range.PrefixLength);
        }
    }
}
