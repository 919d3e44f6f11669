using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vitrine.Model.Plans.Services;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway;

/// <summary>Services and their slices → the pods behind each upstream. What did not change since the last time is not looked at again.</summary>
internal sealed class UpstreamCompiler
{
    private readonly Dictionary<string, Held> held = [];
    private ImmutableArray<UpstreamWish> wishes = [];
    private ILookup<string, UpstreamWish> byService = Enumerable.Empty<UpstreamWish>().ToLookup(w => w.Service);
    private ImmutableDictionary<string, Upstream> last = ImmutableDictionary<string, Upstream>.Empty;

    private sealed record Held(UpstreamWish Wish, Service? Service, ImmutableDictionary<string, EndpointSlice> Slices);

    /// <param name="snapshot">the cluster</param>
    /// <param name="wanted">the same instance where they are those of the last time</param>
    /// <param name="changed">Services (namespace/name) that may differ from those of the last time; null to look at all</param>
    public ImmutableDictionary<string, Upstream> Compile(ClusterSnapshot snapshot, ImmutableArray<UpstreamWish> wanted, IReadOnlySet<string>? changed)
    {
        var built = last.ToBuilder();
        if (wanted != wishes)
        {
            byService = wanted.DistinctBy(w => w.Key).ToLookup(w => w.Service, StringComparer.Ordinal);
            var keys = wanted.Select(w => w.Key).ToHashSet(StringComparer.Ordinal);
            foreach (var gone in held.Keys.Where(k => !keys.Contains(k)).ToArray())
            {
                held.Remove(gone);
                built.Remove(gone);
            }
            (wishes, changed) = (wanted, null);
        }
        foreach (var wish in changed is null ? byService.SelectMany(g => g) : changed.SelectMany(s => byService[s]))
        {
            var (service, slices) = (snapshot.Services.GetValueOrDefault(wish.Service), snapshot.SlicesOf(wish.Service));
            if (held.TryGetValue(wish.Key, out var before) && before.Wish == wish && ReferenceEquals(before.Service, service) && ReferenceEquals(before.Slices, slices))
                continue;
            var made = Of(wish, service, slices);
            held[wish.Key] = new Held(wish, service, slices);
            // Status and labels of a Service change nothing for those who are sent to its pods.
            if (!built.TryGetValue(wish.Key, out var old) || old.Protocol != made.Protocol || old.Tls != made.Tls || old.MaxRequests != made.MaxRequests || old.HealthCheckPath != made.HealthCheckPath || !old.Endpoints.SequenceEqual(made.Endpoints))
                built[wish.Key] = made;
        }
        return last = built.ToImmutable();
    }

    private static Upstream Of(UpstreamWish wish, Service? service, ImmutableDictionary<string, EndpointSlice> slices)
    {
        var upstream = new Upstream(wish.Key, wish.Service, wish.Port, wish.Protocol) { Tls = wish.Tls };
        if (service?.Ports.FirstOrDefault(p => p.Port == wish.Port && p.Protocol == "TCP") is not { } port)
            return upstream;
        var settings = BackendSettings.Of(service);
        // A pod of two families is one endpoint: the Service's first family is the one that counts.
        var family = service.ClusterIPs is [var first, ..] ? first.AddressFamily
            : slices.Values.Any(s => s.Family == AddressFamily.InterNetwork) ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        var nodes = new Dictionary<IPAddress, string>();
        foreach (var endpoint in slices.Values.SelectMany(s => s.Endpoints))
            nodes[endpoint.Address] = endpoint.NodeName;
        return upstream with
        {
            MaxRequests = settings.MaxRequests,
            HealthCheckPath = settings.HealthCheckPath,
            Endpoints = [.. EndpointChoice.Of(port, family, slices.Values, default).Cluster.Select(b => new UpstreamEndpoint(
                $"{b.Address}", b.Port, b.Pod.Length > 0 ? b.Pod : null, nodes.GetValueOrDefault(b.Address) is { Length: > 0 } node ? node : null))],
        };
    }
}
