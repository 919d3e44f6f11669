using System.Collections.Immutable;
using System.Net;
using Vitrine.Dns.Wire;

namespace Vitrine.Dns.Forward;

/// <summary>Whom to ask for a name: the servers of the longest stub domain it is in, or the upstreams; those that have just been silent come last.</summary>
internal sealed class UpstreamServers
{
    private readonly ImmutableArray<(byte[] Domain, ImmutableArray<IPEndPoint> Servers)> stubs;
    private readonly ImmutableArray<IPEndPoint> upstreams;
    /// <summary>Then it is tried again in its turn.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    private readonly TimeProvider time;
    private ImmutableDictionary<IPEndPoint, long> silent = ImmutableDictionary<IPEndPoint, long>.Empty;

    /// <param name="upstreams">In the order in which they are asked.</param>
    /// <param name="stubs">Domain → its servers.</param>
    /// <param name="own">Our own addresses: to forward to ourselves is to ask for ever.</param>
    /// <param name="time">For how long a silent one is spared.</param>
    public UpstreamServers(IEnumerable<IPEndPoint> upstreams, IReadOnlyDictionary<string, ImmutableArray<IPEndPoint>> stubs, IReadOnlyCollection<IPAddress> own, TimeProvider time)
    {
        this.time = time;
        Refused = [.. upstreams.Concat(stubs.Values.SelectMany(s => s)).Where(s => own.Contains(s.Address)).Distinct()];
        this.upstreams = [.. upstreams.Except(Refused)];
        this.stubs = [.. stubs.Select(s => (Domain: WireName.Parse(s.Key.ToLowerInvariant()) ?? throw new ArgumentException($"{s.Key} is no domain"), Servers: s.Value.Except(Refused).ToImmutableArray()))
            .OrderByDescending(s => s.Domain.Length)];
    }

    /// <summary>Those left out because they are ourselves.</summary>
    public ImmutableArray<IPEndPoint> Refused { get; }

    public bool Any => !upstreams.IsEmpty || !stubs.IsEmpty;

    public IReadOnlyList<IPEndPoint> For(ReadOnlySpan<byte> name)
    {
        var servers = upstreams;
        foreach (var stub in stubs)
            if (WireName.FindSuffix(name, stub.Domain) >= 0)
            {
                servers = stub.Servers;
                break;
            }
        return silent.IsEmpty ? servers : [.. servers.OrderBy(s => silent.TryGetValue(s, out var since) && time.GetElapsedTime(since) < Pause)];
    }

    public void Heard(IPEndPoint server)
    {
        if (silent.ContainsKey(server))
            ImmutableInterlocked.TryRemove(ref silent, server, out _);
    }

    public void NotHeard(IPEndPoint server) => ImmutableInterlocked.AddOrUpdate(ref silent, server, time.GetTimestamp(), (_, _) => time.GetTimestamp());
}
