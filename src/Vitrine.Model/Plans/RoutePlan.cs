using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans;

/// <summary>
/// How one node reaches the pods of all nodes. A peer on a link of ours is a plain router for its pods; to any other peer there is a tunnel. What
/// cannot be reached, and addresses of ours that no pod holds, are refused: no packet for a pod range goes by the default route.
/// </summary>
public sealed record RoutePlan(string NodeName)
{
    public ImmutableArray<PlannedRoute> Routes { get; init; } = [];

    /// <summary>At most one per address family.</summary>
    public ImmutableArray<TunnelDevice> Tunnels { get; init; } = [];

    public ImmutableArray<TunnelPeer> TunnelPeers { get; init; } = [];

    /// <summary>All nodes' pod ranges that are in force.</summary>
    public ImmutableArray<PodRange> PodRanges { get; init; } = [];

    public ImmutableArray<NodeAddress> NodeAddresses { get; init; } = [];

    /// <summary>What was left out, and why.</summary>
    public ImmutableArray<RouteConflict> Conflicts { get; init; } = [];

    /// <summary>Pure: the same snapshot and links give the same plan. Null while the cluster does not know the node.</summary>
    /// <param name="snapshot">the cluster</param>
    /// <param name="nodeName">whose plan</param>
    /// <param name="links">of the node</param>
    /// <param name="serviceRanges">ranges of Service addresses; the node itself has to have a way to them before the Service tables say whereto</param>
    public static RoutePlan? Compile(ClusterSnapshot snapshot, string nodeName, NodeLinks links, ImmutableArray<IPNetwork> serviceRanges = default) =>
        snapshot.Nodes.TryGetValue(nodeName, out var own) ? new RouteCompiler(own, snapshot, links).Compile(serviceRanges.IsDefault ? [] : serviceRanges) : null;

    /// <summary>The range an address is in, or null.</summary>
    public PodRange? RangeOf(IPAddress address) => PodRanges.FirstOrDefault(r => r.Range.Contains(address));

    /// <summary>The plan for people, in a stable order.</summary>
    public override string ToString() => RoutePlanText.Write(this);

    /// <summary>The work of one compilation.</summary>
    private sealed class RouteCompiler(Node own, ClusterSnapshot snapshot, NodeLinks links)
    {
        /// <summary>RFC 8200 §5; on a narrower link the kernel switches IPv6 off.</summary>
        private const int LeastIPv6Mtu = 1280;
        private readonly Dictionary<IPAddress, string> addresses = [];
        private readonly List<RouteConflict> conflicts = [];
        private readonly List<PodRange> ranges = [];
        private readonly RangeIndex<PodRange> rangeAt = new();
        private readonly RangeIndex<KeyValuePair<IPAddress, string>> addressAt = new();
        private readonly List<PlannedRoute> routes = [];
        private readonly List<TunnelPeer> peers = [];
        private readonly SortedDictionary<string, TunnelDevice> tunnels = new(StringComparer.Ordinal);

        internal RoutePlan Compile(ImmutableArray<IPNetwork> serviceRanges)
        {
            var others = snapshot.Nodes.Values.Where(n => n.Name != own.Name).OrderBy(n => n.Name, StringComparer.Ordinal).ToArray();
            // Ourselves first: our pods are here already. Among the others the first by name has a thing, on every node alike.
            foreach (var node in others.Prepend(own))
                ClaimAddresses(node);
            foreach (var held in addresses)
                addressAt.Add(new IPNetwork(held.Key, Subnets.Bits(held.Key)), held);
            foreach (var node in others.Prepend(own))
                ClaimRanges(node);
            var of = ranges.ToLookup(r => r.Node);
            foreach (var range in ranges.Where(r => r.IsOwn))
                routes.Add(new PlannedRoute(range.Range, range.Owner));
            foreach (var node in others)
                Reach(node, of[node.Name]);
            foreach (var range in serviceRanges.Where(Spoken))
                Serve(range);
            return new RoutePlan(own.Name)
            {
                Routes = [.. routes],
                Tunnels = [.. tunnels.Values],
                TunnelPeers = [.. peers],
                PodRanges = [.. ranges],
                NodeAddresses = [.. others.Prepend(own).SelectMany(n => AddressesOf(n).Select(a => new NodeAddress(a, n.Name, n == own || LinkTo(a) is not null)))],
                Conflicts = [.. conflicts],
            };
        }

        private void ClaimAddresses(Node node)
        {
            foreach (var address in node.Addresses.Where(Spoken))
                if (!addresses.TryAdd(address, node.Name) && addresses[address] != node.Name)
                    conflicts.Add(new RouteConflict(node.Name, $"InternalIP {address} is that of node {addresses[address]} too; it is not used"));
        }

        private void ClaimRanges(Node node)
        {
            if (node.PodCidrs.IsEmpty)
                conflicts.Add(new RouteConflict(node.Name, "has no podCIDR yet: its pods have no addresses"));
            foreach (var range in node.PodCidrs.Where(Spoken))
            {
                if (rangeAt.Overlapping(range).FirstOrDefault() is { } other)
                    conflicts.Add(new RouteConflict(node.Name, $"podCIDR {range} overlaps {other.Range} of node {other.Node}; it is not installed"));
                else if (addressAt.Overlapping(range).OrderBy(a => a.Value, StringComparer.Ordinal).FirstOrDefault() is { Key: { } held, Value: var whose })
                    conflicts.Add(new RouteConflict(node.Name, $"podCIDR {range} covers address {held} of node {whose}; it is not installed"));
                else if (node != own && links.Links.FirstOrDefault(l => l.Addresses.Any(a => Subnets.Overlap(a.Network, range))) is { } link)
                    conflicts.Add(new RouteConflict(node.Name, $"podCIDR {range} overlaps the network on link {link.Name} of node {own.Name}; it is not installed"));
                else
                {
                    ranges.Add(new PodRange(range, node.Name, node == own));
                    rangeAt.Add(range, ranges[^1]);
                }
            }
        }

        /// <summary>
        /// The kernel asks for a route before it rewrites the destination of a packet of its own, and takes the source address from it. Nothing goes by this
        /// route: what is for no Service is refused before it leaves.
        /// </summary>
        private void Serve(IPNetwork range)
        {
            var source = AddressesOf(own).FirstOrDefault(a => a.AddressFamily == range.BaseAddress.AddressFamily);
            if (source is not null && links.Holding(source) is { } link)
                routes.Add(new PlannedRoute(range, $"node/{own.Name}") { Device = link.Name, Source = source });
        }

        private void Reach(Node peer, IEnumerable<PodRange> own)
        {
            var tunnelled = new List<PodRange>();
            foreach (var range in own)
            {
                var gateway = AddressesOf(peer).FirstOrDefault(a => a.AddressFamily == range.Range.BaseAddress.AddressFamily && LinkTo(a) is not null);
                if (gateway is not null)
                    routes.Add(new PlannedRoute(range.Range, range.Owner) { Gateway = gateway, Device = LinkTo(gateway)!.Name });
                else
                    tunnelled.Add(range);
            }

            if (tunnelled.Count > 0 && Tunnel(peer) is { } found)
                Through(found.Device, peer, found.Remote, [.. tunnelled.Where(r => Fits(r, found.Device, peer))]);
            else
                // Refused, lest they leave by the default route.
                routes.AddRange(tunnelled.Select(r => new PlannedRoute(r.Range, r.Owner)));
        }

        /// <summary>Whether the kernel speaks the range's family on so narrow a device; if not, the range is refused and the conflict says so.</summary>
        private bool Fits(PodRange range, TunnelDevice device, Node peer)
        {
            if (range.Range.BaseAddress.AddressFamily == AddressFamily.InterNetwork || device.Mtu >= LeastIPv6Mtu)
                return true;
            conflicts.Add(new RouteConflict(peer.Name, $"podCIDR {range.Range} cannot be reached: {device.Name} takes {device.Mtu} bytes and IPv6 needs {LeastIPv6Mtu}; give the links between the nodes a larger MTU"));
            routes.Add(new PlannedRoute(range.Range, range.Owner));
            return false;
        }

        private (TunnelDevice Device, IPAddress Remote)? Tunnel(Node peer)
        {
            foreach (var family in new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 })
            {
                var local = AddressesOf(own).FirstOrDefault(a => a.AddressFamily == family);
                var remote = AddressesOf(peer).FirstOrDefault(a => a.AddressFamily == family);
                if (local is null || remote is null)
                    continue;
                if (links.Holding(local) is not { } uplink)
                {
                    conflicts.Add(new RouteConflict(own.Name, $"address {local} is on none of its links: no tunnel to node {peer.Name}"));
                    return null;
                }
                var name = Vtep.DeviceFor(family);
                if (!tunnels.TryGetValue(name, out var device))
                {
                    var mtu = uplink.Mtu - Vtep.Overhead(family);
                    tunnels[name] = device = new TunnelDevice(name, local, uplink.Name, mtu,
                        [.. ranges.Where(r => r.IsOwn).Select(r => r.Range.BaseAddress).Where(a => a.AddressFamily == AddressFamily.InterNetwork || mtu >= LeastIPv6Mtu)]);
                }
                return (device, remote);
            }

            conflicts.Add(new RouteConflict(peer.Name, !AddressesOf(peer).Any()
                ? "has no InternalIP to use: its pods cannot be reached"
                : $"has no InternalIP of a family node {own.Name} has: its pods cannot be reached"));
            return null;
        }

        private void Through(TunnelDevice device, Node peer, IPAddress remote, ImmutableArray<PodRange> tunnelled)
        {
            foreach (var range in tunnelled)
                routes.Add(new PlannedRoute(range.Range, range.Owner)
                {
                    Device = device.Name,
                    Gateway = range.Range.BaseAddress,
                    OnLink = true,
                    Mtu = device.Mtu,
                    Source = device.Addresses.FirstOrDefault(a => a.AddressFamily == range.Range.BaseAddress.AddressFamily),
                });
            peers.Add(new TunnelPeer(peer.Name, device.Name, remote, [.. tunnelled.Select(r => r.Range.BaseAddress)]));
        }

        private IEnumerable<IPAddress> AddressesOf(Node node) => node.Addresses.Where(a => addresses.TryGetValue(a, out var owner) && owner == node.Name);

        /// <summary>The link that an address and one of our InternalIPs are on. Both, so that the peer sees us as we see it and answers the same way.</summary>
        private NodeLink? LinkTo(IPAddress address) =>
            links.Links.FirstOrDefault(l => l.Addresses.Any(a => a.Network.Contains(address) && own.Addresses.Any(a.Network.Contains)));

        private bool Spoken(IPNetwork range) => Spoken(range.BaseAddress);

        private bool Spoken(IPAddress address) => links.IPv6 || address.AddressFamily == AddressFamily.InterNetwork;
    }
}
