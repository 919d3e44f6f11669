using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Services;

/// <summary>
/// Which node answers for a load balancer's address on its links (ARP, neighbour discovery): every node works out the same one, without talking. The highest
/// hash of address and node wins, so when a node goes only its own addresses move.
/// </summary>
public static class Announcement
{
    /// <summary>Nodes that bear it take no traffic of load balancers (KEP-1143).</summary>
    public const string ExcludeLabel = "node.kubernetes.io/exclude-from-external-load-balancers";

    /// <summary>Addresses that one node answers for, in their order.</summary>
    internal static ImmutableArray<IPAddress> Of(ClusterSnapshot snapshot, ImmutableDictionary<string, PlannedService> loadBalancers, string nodeName)
    {
        if (loadBalancers.IsEmpty)
            return [];
        var held = snapshot.Nodes.Values.SelectMany(n => n.Addresses).ToHashSet();
        return [.. loadBalancers.Values.Where(s => s.Service.LoadBalancerClass.Length == 0)
            .SelectMany(s => s.Service.LoadBalancerAddresses.Where(a => !held.Contains(a)).Select(a => (Address: a, Service: s)))
            .GroupBy(a => a.Address, a => a.Service)
            .Where(g => NodeFor(snapshot, g.Key, [.. g]) == nodeName)
            .Select(g => new FrontEndKey(g.Key, 0, 0)).Order().Select(k => k.Address)];
    }

    /// <summary>The node an address is with, or null when no node may have it.</summary>
    /// <param name="snapshot">the cluster</param>
    /// <param name="address">the address</param>
    /// <param name="services">all that have it: several Services may share one, on different ports</param>
    public static string? NodeFor(ClusterSnapshot snapshot, IPAddress address, ImmutableArray<PlannedService> services)
    {
        var ready = snapshot.Nodes.Values.Where(n => n.Ready && !n.Labels.ContainsKey(ExcludeLabel)).Select(n => n.Name).ToHashSet();
        // Policy Local: a node without an endpoint would drop the traffic. Where no node has one for all of them, one that has it for some is better than none.
        var fit = new HashSet<string>(ready);
        foreach (var service in services.Where(s => s.Service.ExternalLocal))
            fit.IntersectWith(NodesWithEndpoints(service, address.AddressFamily));
        if (fit.Count == 0)
            fit = [.. services.Where(s => s.Service.ExternalLocal).SelectMany(s => NodesWithEndpoints(s, address.AddressFamily)).Where(ready.Contains)];
        return fit.MaxBy(n => (Hash(address, n), n));
    }

    private static HashSet<string> NodesWithEndpoints(PlannedService service, AddressFamily family)
    {
        var all = service.Slices.Values.Where(s => s.Family == family).SelectMany(s => s.Endpoints).ToArray();
        var ready = all.Where(e => e.Ready).Select(e => e.NodeName).ToHashSet();
        return ready.Count > 0 ? ready : [.. all.Where(e => e is { Serving: true, Terminating: true }).Select(e => e.NodeName)];
    }

    private static ulong Hash(IPAddress address, string node) => BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{address} {node}")));
}
