using System.Net;
using System.Net.Sockets;
using Vitrine.Dataplane.Explain;
using Vitrine.Linux.Conntrack;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netns;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;
using Vitrine.Verbs;

namespace Vitrine.Mapping;

/// <summary>One node while a page is open: its connections as they begin, those that stand, and what its gateway counts.</summary>
internal sealed class NodeFlows : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private readonly Node node;
    private readonly NetnsHandle netns;
    private readonly FlowWatch watch;
    private readonly ConntrackSocket connections;
    private readonly HttpClient gateway;
    private readonly CancellationTokenSource stop;
    private readonly Task reading;

    private NodeFlows(Node node, NetnsHandle netns, FlowWatch watch, Func<string, WatchedPacket, CancellationToken, Task> tell, CancellationToken ct)
    {
        (this.node, this.netns, this.watch) = (node, netns, watch);
        connections = ConntrackSocket.OpenIn(netns);
        gateway = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectCallback = ConnectAsync }) { Timeout = Patience };
        stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        reading = ReadAsync(tell, stop.Token);
    }

    /// <summary>What a route plan has to know of the node.</summary>
    public NodeLinks Links => StationReader.Links(netns);

    /// <summary>Null where the node is not up. From now on the kernel counts what goes by its connections.</summary>
    /// <param name="pin">of its network namespace</param>
    /// <param name="node">the node</param>
    /// <param name="about">for whom, in the kernel's own listing</param>
    /// <param name="tell">hears of each packet: the node's name, and what became of it</param>
    /// <param name="ct">ends it</param>
    public static NodeFlows? TryFollow(string pin, Node node, string about, Func<string, WatchedPacket, CancellationToken, Task> tell, CancellationToken ct)
    {
        if (node.PodCidrs.IsEmpty || TryOpen(pin) is not { } netns)
            return null;
        FlowWatch? watch = null;
        try
        {
            netns.Run(() => NetSysctl.TryWrite("netfilter/nf_conntrack_acct", "1"));
            watch = FlowWatch.Stand(netns, [.. node.PodCidrs], about);
            return new NodeFlows(node, netns, watch, tell, ct);
        }
        catch (LinuxException)
        {
            // It goes down at this moment, or comes up: it is tried again.
            watch?.Dispose();
            netns.Dispose();
            return null;
        }
    }

    /// <summary>False when the node was switched off or made anew, has other pods' ranges, or somebody flushed its ruleset.</summary>
    public bool IsOf(string pin, Node now)
    {
        try
        {
            using var pinned = TryOpen(pin);
            return pinned is not null && pinned.Inode() == netns.Inode() && now.PodCidrs.SequenceEqual(node.PodCidrs) && !reading.IsCompleted && watch.IsStanding();
        }
        catch (LinuxException)
        {
            return false;
        }
    }

    /// <summary>The node's table of connections.</summary>
    public IReadOnlyList<ConntrackFlow> Connections()
    {
        try
        {
            return connections.List();
        }
        catch (LinuxException)
        {
            // Too many changed meanwhile; the next look is a second away.
            return [];
        }
    }

    /// <summary>What the node's proxy counts; null where there is none.</summary>
    public async Task<string?> RequestsAsync(CancellationToken ct)
    {
        try
        {
            return await gateway.GetStringAsync(new Uri($"http://127.0.0.1:{GatewayVerb.StatusPort}/metrics"), ct);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        watch.Dispose();
        connections.Dispose();
        gateway.Dispose();
        netns.Dispose();
        stop.Dispose();
    }

    private static NetnsHandle? TryOpen(string pin)
    {
        try
        {
            return NetnsHandle.TryOpen(pin);
        }
        catch (LinuxException)
        {
            // A pin without its mount.
            return null;
        }
    }

    private async Task ReadAsync(Func<string, WatchedPacket, CancellationToken, Task> tell, CancellationToken ct)
    {
        while (true)
            foreach (var packet in await watch.ReadAsync(ct))
                await tell(node.Name, packet, ct);
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var socket = netns.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
