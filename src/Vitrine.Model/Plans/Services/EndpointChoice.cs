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
        var cluster = Backends(candidates, c => c.Endpoint.Ready && hinted(c.Endpoint));
        if (cluster.IsEmpty)
            cluster = Backends(candidates, StillServes);
        if (!candidates.Exists(static c => c.Backend.Local))
            return new EndpointChoice(cluster, [], !cluster.IsEmpty || candidates.Exists(static c => c.Endpoint.Ready || StillServes(c)), []);
        var ready = Backends(candidates, static c => c.Backend.Local && c.Endpoint.Ready);
        var local = ready.IsEmpty ? Backends(candidates, static c => c.Backend.Local && StillServes(c)) : ready;
        return new EndpointChoice(cluster, local, candidates.Exists(static c => c.Endpoint.Ready || StillServes(c)), [.. ready.Select(b => b.Address)]);
    }

    /// <summary>Endpoints that still answer, chosen or not: a flow to one of them need not be cut.</summary>
    public static HashSet<IPEndPoint> Serving(ServicePort port, AddressFamily family, IEnumerable<EndpointSlice> slices) =>
        [.. Candidates(port, family, slices, default).Where(c => c.Endpoint.Ready || c.Endpoint.Serving).Select(c => c.Backend.EndPoint)];

    /// <summary>No endpoint may be an address that means something else on every machine (CVE-2021-25737).</summary>
    public static bool IsRefused(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == 4
            ? bytes is [127, ..] or [169, 254, ..] or [>= 224, ..] or [0, 0, 0, 0, ..]
            : IPAddress.IsLoopback(address) || address.Equals(IPAddress.IPv6Any) || address.IsIPv6LinkLocal || address.IsIPv6Multicast || address.IsIPv4MappedToIPv6;
    }

    private static bool StillServes(Candidate c) => c.Endpoint is { Serving: true, Terminating: true };

    private static ImmutableArray<Backend> Backends(List<Candidate> candidates, Predicate<Candidate> chosen)
    {
        var count = 0;
        foreach (var candidate in candidates)
            count += chosen(candidate) ? 1 : 0;
        if (count == 0)
            return [];
        var backends = ImmutableArray.CreateBuilder<Backend>(count);
        foreach (var candidate in candidates)
            if (chosen(candidate))
                backends.Add(candidate.Backend);
        return backends.MoveToImmutable();
    }

    /// <summary>Each address and port once; an endpoint that moves between slices is in two for a moment, and counts as its better self.</summary>
    private static List<Candidate> Candidates(ServicePort port, AddressFamily family, IEnumerable<EndpointSlice> slices, Locality here)
    {
        // Nearly every Service has one slice, and a cluster ten thousand of them: nothing is made here that need not be.
        var all = new List<Candidate>();
        foreach (var slice in slices)
        {
            if (slice.Family != family)
                continue;
            var key = slice.Key;
            foreach (var target in slice.Ports)
                if (target.Name == port.Name && target.Protocol == port.Protocol && target.Port != 0)
                    foreach (var endpoint in slice.Endpoints)
                        if (endpoint.Address.AddressFamily == family && !IsRefused(endpoint.Address))
                            all.Add(new Candidate(endpoint, new Backend(endpoint.Address, (ushort)target.Port, endpoint.NodeName.Length > 0 && endpoint.NodeName == here.Node, key, endpoint.Pod)));
        }
        all.Sort(static (a, b) => a.CompareTo(b));
        for (var i = all.Count - 1; i > 0; i--)
            if (all[i].Backend.Port == all[i - 1].Backend.Port && all[i].Backend.Address.Equals(all[i - 1].Backend.Address))
                all.RemoveAt(i);
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

    private readonly record struct Candidate(Endpoint Endpoint, Backend Backend) : IComparable<Candidate>
    {
        /// <summary>By address and port; of the same the better one first, and of equals that of the first slice by name.</summary>
        public int CompareTo(Candidate other)
        {
            var order = new FrontEndKey(Backend.Address, 0, Backend.Port).CompareTo(new FrontEndKey(other.Backend.Address, 0, other.Backend.Port));
            order = order != 0 ? order : Rank(other.Endpoint) - Rank(Endpoint);
            return order != 0 ? order : string.CompareOrdinal(Backend.Slice, other.Backend.Slice);
        }
    }
}
