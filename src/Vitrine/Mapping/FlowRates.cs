using System.Net;
using Vitrine.Explaining;
using Vitrine.Linux.Conntrack;
using Vitrine.Model.Plans.Services;
using Vitrine.Model.Snapshot;

namespace Vitrine.Mapping;

/// <summary>
/// Makes rates of what nodes' tables of connections say from second to second. A connection is in the table of every node it passes: it is told where its sender is, or,
/// of a sender that is no pod, where the pod is that answers.
/// </summary>
internal sealed class FlowRates
{
    private const int Most = 200;
    private readonly Dictionary<string, (TimeSpan At, Dictionary<(byte, IPEndPoint, IPEndPoint), ulong> Bytes)> before = [];

    /// <summary>The busiest first. Of a node that is looked at for the first time there are connections, and no rates yet.</summary>
    /// <param name="tables">by node</param>
    /// <param name="snapshot">whose pods they are</param>
    /// <param name="names">of its addresses</param>
    /// <param name="now">since any fixed moment</param>
    public IReadOnlyList<RateLine> Next(IReadOnlyDictionary<string, IReadOnlyList<ConntrackFlow>> tables, ClusterSnapshot snapshot, AddressNames names, TimeSpan now)
    {
        foreach (var gone in before.Keys.Where(n => !tables.ContainsKey(n)).ToArray())
            before.Remove(gone);
        return
        [
            .. tables.SelectMany(t => Of(t.Key, t.Value, snapshot, names, now))
                .GroupBy(l => (l.Source, l.Service, l.Destination, l.Protocol, l.Port))
                .Select(g => g.First() with { Connections = g.Sum(l => l.Connections), NewPerSecond = g.Sum(l => l.NewPerSecond), BytesPerSecond = g.Any(l => l.BytesPerSecond is not null) ? g.Sum(l => l.BytesPerSecond ?? 0) : null })
                .Where(l => l is { Connections: > 0 } or { NewPerSecond: > 0 } or { BytesPerSecond: > 0 })
                .OrderByDescending(l => l.BytesPerSecond ?? 0).ThenByDescending(l => l.NewPerSecond).ThenByDescending(l => l.Connections).ThenBy(l => l.Source, StringComparer.Ordinal).Take(Most),
        ];
    }

    private IEnumerable<RateLine> Of(string node, IReadOnlyList<ConntrackFlow> flows, ClusterSnapshot snapshot, AddressNames names, TimeSpan now)
    {
        var known = before.TryGetValue(node, out var last);
        var seconds = Math.Max(0.001, (now - last.At).TotalSeconds);
        var bytes = new Dictionary<(byte, IPEndPoint, IPEndPoint), ulong>(flows.Count);
        var lines = new List<RateLine>();
        foreach (var flow in flows)
        {
            var key = (flow.Protocol, flow.OriginalSource, flow.OriginalDestination);
            var counted = flow.Counted?.Bytes;
            bytes[key] = counted ?? 0;
            if (Ends(node, flow, snapshot, names) is not var (source, destination))
                continue;
            ulong earlier = 0;
            var old = known && last.Bytes.TryGetValue(key, out earlier);
            // A number that fell is another connection's, between the same ports.
            var added = counted is not { } count || !known ? 0 : count >= earlier ? count - earlier : count;
            lines.Add(new RateLine(source, names.Service(flow.OriginalDestination.Address), destination, ServiceProtocol.Name(flow.Protocol), flow.ReplySource.Port,
                flow.Stands ? 1 : 0, known && !old ? 1 / seconds : 0, counted is null ? null : added / seconds));
        }
        before[node] = (now, bytes);
        return lines;
    }

    /// <summary>Null for what another node tells, and for what no pod has a part in.</summary>
    private static (string Source, string Destination)? Ends(string node, ConntrackFlow flow, ClusterSnapshot snapshot, AddressNames names)
    {
        var source = names.Of(flow.OriginalSource.Address);
        var destination = names.Of(flow.ReplySource.Address);
        // The DNS' address is on a link of every node: who asks from there is the node itself, its probes say.
        if (names.Service(flow.OriginalSource.Address) is not null)
            source = $"node/{node}";
        var teller = Home(source) ?? Home(destination);
        return teller == node ? (source, destination) : null;

        string? Home(string name) => name.StartsWith("pod/", StringComparison.Ordinal) ? snapshot.Pods.GetValueOrDefault(name[4..])?.NodeName : null;
    }
}
