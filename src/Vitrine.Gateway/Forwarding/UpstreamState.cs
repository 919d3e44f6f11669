using Vitrine.Model.Plans.Gateway;
using Yarp.ReverseProxy.Forwarder;

namespace Vitrine.Gateway.Forwarding;

/// <summary>One upstream of the plan with what the proxy learned about its endpoints, which outlives the plan.</summary>
internal sealed class UpstreamState
{
    private static readonly ForwarderRequestConfig Http1 = Speaking(System.Net.HttpVersion.Version11);
    private static readonly ForwarderRequestConfig Http2 = Speaking(System.Net.HttpVersion.Version20);
    private readonly TimeProvider time;

    public UpstreamState(Upstream upstream, UpstreamState? previous, TimeProvider time)
    {
        (Upstream, this.time) = (upstream, time);
        var known = previous is not null && previous.Upstream.Protocol == upstream.Protocol ? previous.Endpoints.ToDictionary(e => $"{e.Address}") : [];
        Endpoints = [.. upstream.Endpoints.Select(e => new EndpointState(e)).Select(e => known.GetValueOrDefault($"{e.Address}", e))];
    }

    public Upstream Upstream { get; }

    public EndpointState[] Endpoints { get; }

    /// <summary>HTTP/2 where the backend is known for it, and for gRPC within TLS; else HTTP/1.1, as proxies do.</summary>
    public ForwarderRequestConfig Config(bool grpc) => Upstream.Protocol == UpstreamProtocol.H2c || grpc && Upstream.Protocol == UpstreamProtocol.Https ? Http2 : Http1;

    /// <summary>Power of two choices: of two at random the one with fewer requests. Those at rest are passed over while another is up; null where there is none at all.</summary>
    /// <param name="tried">not these, where others are left</param>
    public EndpointState? Pick(IReadOnlyCollection<EndpointState> tried)
    {
        var all = Endpoints;
        if (all.Length <= 1)
            return all.Length == 0 || tried.Count > 0 ? null : all[0];
        var now = time.GetTimestamp();
        if (tried.Count == 0)
        {
            var (first, second) = (Random.Shared.Next(all.Length), Random.Shared.Next(all.Length - 1));
            var (a, b) = (all[first], all[second < first ? second : second + 1]);
            if (a.IsUp(now) && b.IsUp(now))
                return a.Outstanding <= b.Outstanding ? a : b;
        }

        EndpointState? best = null;
        var offset = Random.Shared.Next(all.Length);
        for (var i = 0; i < all.Length; i++)
        {
            var endpoint = all[(offset + i) % all.Length];
            if (!tried.Contains(endpoint) && endpoint.IsUp(now) && (best is null || endpoint.Outstanding < best.Outstanding))
                best = endpoint;
        }
        // All at rest: rather a try than a refusal.
        return best ?? all.Skip(offset).Concat(all.Take(offset)).FirstOrDefault(e => !tried.Contains(e));
    }

    // Silence is no failure of ours to judge: the plan has timeouts for who wants them, and TCP finds dead peers.
    private static ForwarderRequestConfig Speaking(Version version) => new() { ActivityTimeout = Timeout.InfiniteTimeSpan, Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };

    /// <summary>The endpoint of an affinity cookie, if it is still there and up.</summary>
    public EndpointState? WithId(string id)
    {
        var now = time.GetTimestamp();
        return Array.Find(Endpoints, e => e.Id == id && e.IsUp(now));
    }

    /// <summary>The endpoint a value always goes to.</summary>
    public EndpointState? For(string value, IReadOnlyCollection<EndpointState> tried)
    {
        var now = time.GetTimestamp();
        return Endpoints.Where(e => e.IsUp(now) && !tried.Contains(e)).MaxBy(e => e.Claim(value));
    }
}
