using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Vitrine.Clusters;
using Vitrine.Dataplane.Explain;
using Vitrine.Explaining;
using Vitrine.Linux.Interop;
using Vitrine.Model.Snapshot;

namespace Vitrine.Mapping;

/// <summary>
/// What moves: "flow" events for each connection of any pod as it begins, lines of `vitrine explain --watch -o json`; every second "rates" of the connections that stand and
/// of the gateway's requests; "ways" between the nodes when they change. Nodes that come, go or are switched off and on are followed.
/// </summary>
internal sealed class FlowStream(ClusterPaths paths, ClusterSpec spec, EventStream stream, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private readonly FlowTeller teller = new(time);
    private readonly FlowRates connections = new();
    private readonly RequestRates requests = new();
    private readonly SortedDictionary<string, NodeFlows> nodes = new(StringComparer.Ordinal);
    private readonly long began = time.GetTimestamp();
    private (ClusterSnapshot? Of, AddressNames? Names) named;
    private byte[] rates = [], ways = [];

    public async Task RunAsync(CancellationToken ct)
    {
        await using var cluster = await WatchedCluster.OpenAsync(paths.Kubeconfig("admin"), _ => { }, time, ct);
        using var timer = new PeriodicTimer(Look, time);
        try
        {
            do
            {
                if (cluster.Watching.IsCompleted)
                    await cluster.Watching;
                var snapshot = cluster.Snapshot;
                await FollowAsync(snapshot, (node, packet, stop) => TellAsync(cluster.Snapshot, node, packet, stop), ct);
                ways = await SendAsync("ways", [.. nodes.SelectMany(n => Ways(snapshot, n.Key, n.Value))], MapJson.Default.IReadOnlyListNodeWay, ways, ct);
                rates = await SendAsync("rates", await RatesAsync(snapshot, ct), MapJson.Default.Rates, rates, ct);
            }
            while (await timer.WaitForNextTickAsync(ct));
        }
        finally
        {
            foreach (var node in nodes.Values)
                await node.DisposeAsync();
        }
    }

    private async Task FollowAsync(ClusterSnapshot snapshot, Func<string, WatchedPacket, CancellationToken, Task> tell, CancellationToken ct)
    {
        foreach (var (name, flows) in nodes.ToArray())
            if (!snapshot.Nodes.TryGetValue(name, out var node) || !flows.IsOf(paths.NodePin(name, "net"), node))
            {
                nodes.Remove(name);
                await flows.DisposeAsync();
            }
        foreach (var (name, node) in snapshot.Nodes)
            if (!nodes.ContainsKey(name) && NodeFlows.TryFollow(paths.NodePin(name, "net"), node, $"map of {spec.Name}", tell, ct) is { } flows)
                nodes.Add(name, flows);
    }

    private Task TellAsync(ClusterSnapshot snapshot, string node, WatchedPacket packet, CancellationToken ct) =>
        teller.Tell(snapshot, node, packet) is { } line ? stream.SendAsync("flow", JsonSerializer.SerializeToUtf8Bytes(line, LineJson.Default.FlowLine), ct) : Task.CompletedTask;

    private async Task<Rates> RatesAsync(ClusterSnapshot snapshot, CancellationToken ct)
    {
        if (!ReferenceEquals(named.Of, snapshot))
            named = (snapshot, new AddressNames(snapshot));
        var counted = await Task.WhenAll(nodes.Select(async n => (Node: n.Key, Text: await n.Value.RequestsAsync(ct))));
        var now = time.GetElapsedTime(began);
        return new Rates(connections.Next(nodes.ToDictionary(n => n.Key, n => n.Value.Connections()), snapshot, named.Names!, now), requests.Next(counted.ToDictionary(c => c.Node, c => c.Text), now));
    }

    private static IEnumerable<NodeWay> Ways(ClusterSnapshot snapshot, string node, NodeFlows flows)
    {
        try
        {
            return NodeWay.Of(snapshot, node, flows.Links);
        }
        catch (LinuxException)
        {
            // It goes down at this moment.
            return [];
        }
    }

    /// <summary>Unless it is what was sent last.</summary>
    private async Task<byte[]> SendAsync<T>(string name, T value, JsonTypeInfo<T> type, byte[] last, CancellationToken ct)
    {
        var data = JsonSerializer.SerializeToUtf8Bytes(value, type);
        if (!data.AsSpan().SequenceEqual(last))
            await stream.SendAsync(name, data, ct);
        return data;
    }
}
