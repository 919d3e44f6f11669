using System.Net;
using System.Net.Sockets;
using Vitrine.Linux.Netns;
using Vitrine.Linux.Nft;

namespace Vitrine.Dataplane.Explain;

/// <summary>
/// Follows what becomes of packets from and to some addresses in a node's namespace: the first of every connection, and now and then one of those that go on,
/// since a connection may be cut. A table of its own, gone with it, even if it is killed; it accepts everything, and packets of others pay for one look-up.
/// </summary>
public sealed class FlowWatch : IDisposable
{
    private const string Name = "vitrine-watch", Came = "came", Sent = "sent", First = "first packets", PolicyTable = "vitrine-policy";
    private const ulong NewPerSecond = 500, OldPerSecond = 20;
    private readonly NftSocket socket;
    private readonly NftOwnedTable table;
    private readonly NftTraceEvents trace;
    private readonly Dictionary<uint, NftTraceStep> heads = [];
    private readonly HashSet<uint> first = [];

    private readonly HashSet<ulong> news;
    private readonly Lock asking = new();

    private FlowWatch(NftSocket socket, NftOwnedTable table, NftTraceEvents trace)
    {
        (this.socket, this.table, this.trace) = (socket, table, trace);
        news = [.. socket.ListRules(table.Table).Where(r => r.Comment == First).Select(r => r.Handle)];
    }

    /// <param name="netns">the node's</param>
    /// <param name="networks">of pods: a pod's own addresses, or a node's range</param>
    /// <param name="about">whose they are: the table's comment</param>
    public static FlowWatch Stand(NetnsHandle netns, IReadOnlyCollection<IPNetwork> networks, string about)
    {
        var v6 = networks.Any(IsV6);
        // A kernel without IPv6 has no inet tables.
        var table = new NftTable(v6 ? NftFamily.Inet : NftFamily.Ip, $"{Name}-{Guid.NewGuid().ToString("N")[..8]}");
        // After connection tracking has looked, before any of it is rewritten.
        var spec = new NftTableSpec(table)
        {
            Comment = $"vitrine explain --watch {about}",
            Chains = [new NftChain(table, Came) { Hook = NftHook.Prerouting, Priority = NftPriority.Mangle }, new NftChain(table, Sent) { Hook = NftHook.Output, Priority = NftPriority.Mangle }],
            Rules = [.. from chain in new[] { Came, Sent } from network in networks from field in Ends(network) from rule in Followed(new NftRule(table, chain).Of(Family(network)).In(field, network)) select rule],
        };
        var trace = NftTraceEvents.OpenIn(netns);
        try
        {
            var socket = NftSocket.OpenIn(netns);
            return new FlowWatch(socket, NftOwnedTable.Make(socket, spec), trace);
        }
        catch
        {
            trace.Dispose();
            throw;
        }

        static IEnumerable<NftRule> Followed(NftRule rule) =>
        [
            rule.CtStateIn(NftCtState.New | NftCtState.Untracked).Limit(NewPerSecond).Trace().Accept() with { Comment = First },
            rule.Limit(OldPerSecond).Trace().Accept(),
        ];
    }

    /// <summary>What became of the next packets: those a table threw away, and those that the policies let pass.</summary>
    public async ValueTask<IReadOnlyList<WatchedPacket>> ReadAsync(CancellationToken ct)
    {
        var ended = new List<WatchedPacket>();
        foreach (var step in await trace.ReadAsync(ct).ConfigureAwait(false))
        {
            if (step.Table == table.Table)
            {
                // Which of the two rules it was says whether the packet begins a connection.
                if (step.RuleHandle is { } handle && news.Contains(handle))
                    first.Add(step.Packet);
                continue;
            }
            if (step.Source is not null)
                heads[step.Packet] = step;
            var dropped = step.Verdict == NftVerdict.Drop;
            var passed = step.Table.Name == PolicyTable && step.Verdict == NftVerdict.Accept;
            if ((dropped || passed) && first.Remove(step.Packet) | dropped && heads.Remove(step.Packet, out var head))
                ended.Add(new WatchedPacket(head.Source!, head.Destination!, head.Protocol, head.SourcePort, head.DestinationPort, dropped, $"table {step.Table}, chain {step.Chain}", dropped ? Comment(step) : null));
        }
        // Of packets whose end was not seen.
        if (heads.Count + first.Count > 10_000)
        {
            heads.Clear();
            first.Clear();
        }
        return ended;
    }

    /// <summary>False once somebody flushed the ruleset of a kernel before 5.12: nothing is told any more. For any thread.</summary>
    public bool IsStanding()
    {
        lock (asking)
            return socket.ListTables().Contains(table.Table);
    }

    public void Dispose()
    {
        table.Dispose();
        trace.Dispose();
    }

    private string? Comment(NftTraceStep step)
    {
        lock (asking)
            return step.RuleHandle is { } handle ? socket.ListRules(step.Table).FirstOrDefault(r => r.Handle == handle && r.Chain == step.Chain)?.Comment : null;
    }

    private static bool IsV6(IPNetwork network) => network.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;

    private static NftFamily Family(IPNetwork network) => IsV6(network) ? NftFamily.Ip6 : NftFamily.Ip;

    private static NftField[] Ends(IPNetwork network) => IsV6(network) ? [NftField.Ip6Source, NftField.Ip6Destination] : [NftField.Ip4Source, NftField.Ip4Destination];
}
