using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Services;

/// <summary>
/// Which endpoints of a Service's port a node uses, as kube-proxy does (KEP-1669 terminating endpoints, KEP-2433 topology hints, KEP-3015
/// PreferSameZone and PreferSameNode, KEP-2086 internalTrafficPolicy).
/// </summary>
/// <param name="Cluster">for traffic policy Cluster: the ready ones, those the hints give this node or zone when every one has hints and one is for us; when none is ready, those that still serve while they terminate</param>
/// <param name="Local">for traffic policy Local: the same on this node, without hints</param>
/// <param name="Anywhere">there is one anywhere that could be used</param>
/// <param name="ReadyHere">addresses of ready endpoints on this node</param>
public readonly record struct EndpointChoice(ImmutableArray<Backend> Cluster, ImmutableArray<Backend> Local, bool Anywhere, ImmutableArray<IPAddress> ReadyHere)
{
    public static EndpointChoice Of(ServicePort port, AddressFamily family, IEnumerable<EndpointSlice> slices, Locality here)
    {
        var candidates = Candidates(port, family, slices, here);
        if (candidates.Count == 0)
            return new EndpointChoice([], [], false, []);
        var hinted = Topology(candidates, here);
        var cluster = candidates.FindAll(c => c.Endpoint.Ready && hinted(c.Endpoint));
        if (cluster.Count == 0)
            cluster = candidates.FindAll(StillServes);
        var local = candidates.FindAll(c => c.Backend.Local && c.Endpoint.Ready);
        var ready = local.Select(c => c.Backend.Address).ToImmutableArray();
        if (local.Count == 0)
            local = candidates.FindAll(c => c.Backend.Local && StillServes(c));
        return new EndpointChoice(Backends(cluster), Backends(local), candidates.Exists(c => c.Endpoint.Ready || StillServes(c)), ready);
    }

    /// <summary>Endpoints that still answer, chosen or not: a flow to one of them need not be cut.</summary>
    public static HashSet<IPEndPoint> Serving(ServicePort port, AddressFamily family, IEnumerable<EndpointSlice> slices) =>
        [.. Candidates(port, family, slices, default).Where(c => c.Endpoint.Ready || c.Endpoint.Serving).Select(c => c.Backend.EndPoint)];

    /// <summary>No endpoint may be an address that means something else on every machine (CVE-2021-25737).</summary>
    public static bool IsRefused(IPAddress address) =>
        IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) || address.IsIPv6LinkLocal || address.IsIPv6Multicast || address.IsIPv4MappedToIPv6
        || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is [127, ..] or [169, 254, ..] or [>= 224, ..]);

    private static bool StillServes(Candidate c) => c.Endpoint is { Serving: true, Terminating: true };

    private static ImmutableArray<Backend> Backends(List<Candidate> chosen) => [.. chosen.Select(c => c.Backend)];

    /// <summary>Each address and port once; an endpoint that moves between slices is in two for a moment, and counts as its better self.</summary>
    private static List<Candidate> Candidates(ServicePort port, AddressFamily family, IEnumerable<EndpointSlice> slices, Locality here)
    {
        var found = new Dictionary<(IPAddress, int), Candidate>();
        foreach (var slice in slices.Where(s => s.Family == family).OrderBy(s => s.Name, StringComparer.Ordinal))
            foreach (var target in slice.Ports.Where(p => p.Name == port.Name && p.Protocol == port.Protocol && p.Port != 0))
                foreach (var endpoint in slice.Endpoints.Where(e => !IsRefused(e.Address) && e.Address.AddressFamily == family))
                {
                    var key = (endpoint.Address, target.Port);
                    if (found.TryGetValue(key, out var other) && Rank(other.Endpoint) >= Rank(endpoint))
                        continue;
                    found[key] = new Candidate(endpoint, new Backend(endpoint.Address, (ushort)target.Port, endpoint.NodeName.Length > 0 && endpoint.NodeName == here.Node, slice.Key, endpoint.Pod));
                }
        var all = found.Values.ToList();
        all.Sort((a, b) => new FrontEndKey(a.Backend.Address, 0, a.Backend.Port).CompareTo(new FrontEndKey(b.Backend.Address, 0, b.Backend.Port)));
        return all;
    }

    private static int Rank(Endpoint e) => e.Ready ? 2 : e.Serving ? 1 : 0;

    /// <summary>Hints count only when every ready endpoint has them and one is meant for us; otherwise all are taken.</summary>
    private static Func<Endpoint, bool> Topology(List<Candidate> candidates, Locality here)
    {
        bool allNode = true, allZone = true, oneNode = false, oneZone = false;
        foreach (var (endpoint, _) in candidates)
        {
            if (!endpoint.Ready)
                continue;
            allNode &= !endpoint.NodeHints.IsEmpty;
            allZone &= !endpoint.ZoneHints.IsEmpty;
            oneNode |= endpoint.NodeHints.Contains(here.Node);
            oneZone |= endpoint.ZoneHints.Contains(here.Zone);
        }
        return allNode && oneNode ? e => e.NodeHints.Contains(here.Node)
            : allZone && oneZone && here.Zone.Length > 0 ? e => e.ZoneHints.Contains(here.Zone)
            : static _ => true;
    }

    private readonly record struct Candidate(Endpoint Endpoint, Backend Backend);
}
