using System.Collections.Immutable;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Feed;

/// <summary>
/// The agent's end of the feed: the newest plan goes to the node's proxy, whole after a connection is made, then only what changed. A proxy that is away is
/// waited for.
/// </summary>
public sealed partial class PlanSender(string path, ILogger<PlanSender> logger, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // One place: of plans that come faster than they are applied, only the newest matters.
    private readonly Channel<GatewayPlan> plans = Channel.CreateBounded<GatewayPlan>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private GatewayPlan? newest;

    /// <summary>What the proxy could not do of the last plan it took, a sentence each.</summary>
    public ImmutableArray<string> Failures { get; private set; } = [];

    /// <summary>The last plan the proxy serves by; null before the first and while it is away.</summary>
    public GatewayPlan? Served { get; private set; }

    /// <summary>Raised after the proxy serves by another plan.</summary>
    public event Action? Applied;

    public void Send(GatewayPlan plan)
    {
        newest = plan;
        plans.Writer.TryWrite(plan);
    }

    /// <summary>A plan of before, which is better than none.</summary>
    public void SendUnlessKnown(GatewayPlan plan)
    {
        if (Interlocked.CompareExchange(ref newest, plan, null) is null)
            plans.Writer.TryWrite(plan);
    }

    public async Task RunAsync(CancellationToken ct)
    {
        var told = false;
        while (true)
        {
            try
            {
                using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct).ConfigureAwait(false);
                told = false;
                Connected(path);
                await FeedAsync(socket, ct).ConfigureAwait(false);
                Lost(path, "it has ended");
            }
            catch (Exception e) when (e is SocketException or IOException && !ct.IsCancellationRequested)
            {
                if (!told)
                    Lost(path, e.Message);
                told = true;
            }
            Served = null;
            await Task.Delay(Pause, time, ct).ConfigureAwait(false);
        }
    }

    private async Task FeedAsync(Socket socket, CancellationToken ct)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        var before = GatewayPlan.Empty;
        var answer = FeedStream.ReadAsync(stream, FeedJson.Default.PlanAnswer, ct);
        if (newest is { } known)
            plans.Writer.TryWrite(known);
        for (var number = 1; ; number++)
        {
            // The proxy's end is noticed while there is nothing to send, too.
            var waiting = plans.Reader.WaitToReadAsync(ct).AsTask();
            if (await Task.WhenAny(waiting, answer).ConfigureAwait(false) == answer)
                return;
            await waiting.ConfigureAwait(false);
            if (!plans.Reader.TryRead(out var plan))
                continue;
            var patch = PlanPatch.Between(before, plan) with { Number = number, Whole = number == 1 };
            await FeedStream.WriteAsync(stream, patch, FeedJson.Default.PlanPatch, ct).ConfigureAwait(false);
            if (await answer.ConfigureAwait(false) is not { } reply)
                return;
            (before, Served, Failures) = (plan, plan, reply.Failures);
            Applied?.Invoke();
            answer = FeedStream.ReadAsync(stream, FeedJson.Default.PlanAnswer, ct);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "the gateway's proxy takes plans at {Path}")]
    private partial void Connected(string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the gateway's proxy takes no plans at {Path}: {Why}; it is waited for")]
    private partial void Lost(string path, string why);
}
