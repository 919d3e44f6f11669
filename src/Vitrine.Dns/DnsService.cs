using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Vitrine.Dns.Answers;
using Vitrine.Dns.Cache;
using Vitrine.Dns.Forward;
using Vitrine.Dns.Server;
using Vitrine.Linux.Interop;
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
    private readonly Deferral deferral;
    private readonly DnsOptions options;
    private readonly TimeProvider time;
    private ImmutableDictionary<string, Pod> pods = ImmutableDictionary<string, Pod>.Empty;
    private readonly ConcurrentDictionary<IPAddress, (DatagramLoop Datagrams, StreamServer Streams)> servers = [];
    private readonly Channel<(DatagramLoop Datagrams, StreamServer Streams)> started = Channel.CreateUnbounded<(DatagramLoop, StreamServer)>();

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
        deferral = new Deferral(resolver);
        meter.CreateObservableCounter("vitrine_dns_answers_total", () => servers.Values.Sum(s => s.Datagrams.Answered), description: "Answers over UDP that were known at once.");
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

    /// <summary>Listens on the cluster's addresses, in the namespace of the calling thread. They need not be there yet.</summary>
    public void Listen(int port = DnsOptions.Port)
    {
        foreach (var address in options.Addresses)
            Listen(address, port);
    }

    /// <summary>Listens on one more, likewise; nothing happens where it does already.</summary>
    /// <exception cref="SocketException">somebody else does</exception>
    /// <exception cref="LinuxException">likewise</exception>
    public void Listen(IPAddress address, int port = DnsOptions.Port)
    {
        if (servers.ContainsKey(address))
            return;
        var local = new IPEndPoint(address, port);
        var datagrams = DatagramLoop.Listen(local, Answerer, deferral);
        try
        {
            var streams = StreamServer.Listen(local, Answerer, resolver, time);
            servers[address] = (datagrams, streams);
            started.Writer.TryWrite((datagrams, streams));
        }
        catch
        {
            datagrams.Dispose();
            throw;
        }
    }

    /// <summary>Until cancelled, or until a socket breaks.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        List<Task> running = [];
        var next = started.Reader.ReadAsync(ct).AsTask();
        while (await Task.WhenAny([next, .. running]).ConfigureAwait(false) is { } ended)
        {
            await ended.ConfigureAwait(false);
            if (ended != next)
                return;
            var (datagrams, streams) = await next.ConfigureAwait(false);
            running.AddRange([datagrams.Completion, streams.RunAsync(ct)]);
            next = started.Reader.ReadAsync(ct).AsTask();
        }
    }

    public void Dispose()
    {
        meter.Dispose();
        foreach (var (datagrams, streams) in servers.Values)
        {
            datagrams.Dispose();
            streams.Dispose();
        }
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
