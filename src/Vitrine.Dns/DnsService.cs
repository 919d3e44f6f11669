using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Vitrine.Dns.Answers;
using Vitrine.Dns.Cache;
using Vitrine.Dns.Forward;
using Vitrine.Dns.Server;
using Vitrine.Model.Plans.Dns;
using Vitrine.Model.Snapshot;

namespace Vitrine.Dns;

/// <summary>
/// A node's DNS, without its cluster: snapshots go in, answers come out.
/// <code>
/// snapshot ─► ZoneWriter ─► AnswerTable ◄─ Answerer ◄─ DatagramLoop, StreamServer
///                                             └─ not known at once ─► Resolver ─► Forwarder ─► upstreams
/// </code>
/// </summary>
internal sealed class DnsService : IDisposable
{
    private readonly AnswerTable table = new();
    private readonly Meter meter = new("Vitrine.Dns");
    private readonly SearchPaths searches;
    private readonly ZoneWriter zone;
    private readonly Resolver resolver;
    private readonly DnsOptions options;
    private readonly TimeProvider time;
    private ImmutableDictionary<string, Pod> pods = ImmutableDictionary<string, Pod>.Empty;
    private readonly List<DatagramLoop> datagrams = [];
    private readonly List<StreamServer> streams = [];

    public DnsService(DnsOptions options, TimeProvider time)
    {
        (this.options, this.time) = (options, time);
        var cache = new AnswerCache(time);
        Servers = new UpstreamServers(options.Upstreams, options.Stubs, options.Addresses, time);
        searches = new SearchPaths(options.Domain, cache) { BareNameIsNext = !options.NodeHasSearches };
        zone = new ZoneWriter(table, options.Domain, options.Addresses);
        Answerer = new Answerer(table, options.Domain, searches, cache) { Recursive = Servers.Any };
        var open = options.OpenSocket ?? (static (family, type) => new Socket(family, type, type == SocketType.Dgram ? ProtocolType.Udp : ProtocolType.Tcp));
        resolver = new Resolver(table, options.Domain, Answerer, Servers.Any ? new Forwarder(Servers, new UpstreamExchange(open), cache, time) : null);
        meter.CreateObservableCounter("vitrine_dns_answers_total", () => datagrams.Sum(d => d.Answered), description: "Answers over UDP that were known at once.");
        meter.CreateObservableGauge("vitrine_dns_names", () => table.Count, description: "Names in the zone.");
        zone.Begin(options.Hosts.SelectMany(h => HostRecords(h.Key, h.Value)));
    }

    public Answerer Answerer { get; }

    public UpstreamServers Servers { get; }

    public int Names => table.Count;

    /// <summary>Answers as the snapshot says from now on. Only the Services named are compiled.</summary>
    public void Update(ClusterSnapshot snapshot, IReadOnlyCollection<string> services)
    {
        zone.Update(snapshot, services);
        if (options.FollowsSearches && !ReferenceEquals(pods, snapshot.Pods))
            searches.Set((pods = snapshot.Pods).Values);
        Answerer.Serial = zone.Serial;
        Answerer.Ready = true;
    }

    /// <summary>Listens on all addresses, in the namespace of the calling thread. They need not be there yet.</summary>
    public void Listen(int port = DnsOptions.Port)
    {
        var deferral = new Deferral(resolver);
        foreach (var address in options.Addresses)
        {
            datagrams.Add(DatagramLoop.Listen(new IPEndPoint(address, port), Answerer, deferral));
            streams.Add(StreamServer.Listen(new IPEndPoint(address, port), Answerer, resolver, time));
        }
    }

    /// <summary>Until cancelled, or until a socket breaks.</summary>
    public async Task RunAsync(CancellationToken ct) =>
        await (await Task.WhenAny([.. datagrams.Select(d => d.Completion), .. streams.Select(s => s.RunAsync(ct)), Task.Delay(Timeout.Infinite, ct)]).ConfigureAwait(false)).ConfigureAwait(false);

    public void Dispose()
    {
        meter.Dispose();
        datagrams.ForEach(d => d.Dispose());
        streams.ForEach(s => s.Dispose());
    }

    private static IEnumerable<DnsRecordSet> HostRecords(string name, ImmutableArray<IPAddress> addresses)
    {
        const string owner = "hosts";
        name = name.TrimEnd('.').ToLowerInvariant();
        foreach (var family in addresses.GroupBy(a => a.AddressFamily))
            yield return new DnsRecordSet(name, family.Key == AddressFamily.InterNetworkV6 ? DnsType.AAAA : DnsType.A, [.. family.Select(DnsValue.Of)], owner);
        foreach (var address in addresses)
            yield return new DnsRecordSet(ReverseName.Of(address), DnsType.PTR, [DnsValue.Of(name)], owner);
    }
}
