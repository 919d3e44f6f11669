using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Model.Plans.Services;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway;

/// <summary>Services and their slices → the pods behind each upstream. What did not change since the last time is not looked at again.</summary>
internal sealed class UpstreamCompiler
{
    private Dictionary<string, Held> held = [];
    private ImmutableDictionary<string, Upstream> last = ImmutableDictionary<string, Upstream>.Empty;

    private sealed record Held(UpstreamWish Wish, Service? Service, ImmutableDictionary<string, EndpointSlice> Slices, Upstream Upstream);

    public ImmutableDictionary<string, Upstream> Compile(ClusterSnapshot snapshot, IEnumerable<UpstreamWish> wishes)
    {
        var now = new Dictionary<string, Held>(held.Count);
        var built = last.ToBuilder();
        foreach (var wish in wishes)
        {
            if (now.ContainsKey(wish.Key))
                continue;
            var (service, slices) = (snapshot.Services.GetValueOrDefault(wish.Service), snapshot.SlicesOf(wish.Service));
            var before = held.GetValueOrDefault(wish.Key);
            var same = before is not null && before.Wish == wish && ReferenceEquals(before.Service, service) && ReferenceEquals(before.Slices, slices);
            now[wish.Key] = same ? before! : new Held(wish, service, slices, Of(wish, service, slices));
            if (!same)
                built[wish.Key] = now[wish.Key].Upstream;
        }
        foreach (var gone in held.Keys.Where(k => !now.ContainsKey(k)))
            built.Remove(gone);
        held = now;
        return last = built.ToImmutable();
    }

    private static Upstream Of(UpstreamWish wish, Service? service, ImmutableDictionary<string, EndpointSlice> slices)
    {
        var upstream = new Upstream(wish.Key, wish.Service, wish.Port, wish.Protocol) { Tls = wish.Tls };
        if (service?.Ports.FirstOrDefault(p => p.Port == wish.Port && p.Protocol == "TCP") is not { } port)
            return upstream;
        // A pod of two families is one endpoint: the Service's first family is the one that counts.
        var family = service.ClusterIPs is [var first, ..] ? first.AddressFamily
            : slices.Values.Any(s => s.Family == AddressFamily.InterNetwork) ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        var nodes = new Dictionary<IPAddress, string>();
        foreach (var endpoint in slices.Values.SelectMany(s => s.Endpoints))
            nodes[endpoint.Address] = endpoint.NodeName;
        return upstream with
        {
            Endpoints = [.. EndpointChoice.Of(port, family, slices.Values, default).Cluster.Select(b => new UpstreamEndpoint(
                $"{b.Address}", b.Port, b.Pod.Length > 0 ? b.Pod : null, nodes.GetValueOrDefault(b.Address) is { Length: > 0 } node ? node : null))],
        };
    }
}
