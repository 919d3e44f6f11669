using Microsoft.Extensions.Logging;
using Vitrine.Dns.Apply;
using Vitrine.Linux.Netns;
using Vitrine.Model.Watching;

namespace Vitrine.Dns;

/// <summary>The node's DNS: watches the cluster, holds the cluster's DNS addresses, and answers on them.</summary>
public static partial class DnsAgent
{
    /// <summary>For so long another node's DNS answers better than one that knows nothing yet.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Runs until cancelled. Addresses and rules stay afterwards: the next agent binds them again, and until then queries go to another node's DNS; where there is
    /// none they are refused at once, not lost.
    /// </summary>
    /// <param name="options">what to answer, and where</param>
    /// <param name="watch">not yet running: subscribed to before the first wait, so it may be started with the returned task at hand</param>
    /// <param name="logs">for complaints</param>
    /// <param name="time">the clock</param>
    /// <param name="ct">ends it</param>
    public static async Task RunAsync(DnsOptions options, AgentWatch watch, ILoggerFactory logs, TimeProvider time, CancellationToken ct)
    {
        var feed = watch.Subscribe(WatchedKinds.Services | WatchedKinds.Slices | WatchedKinds.Namespaces | WatchedKinds.Pods | (options.NodeName is null ? 0 : WatchedKinds.Nodes), orEarlier: true);
        var logger = logs.CreateLogger(typeof(DnsAgent).FullName!);
        using var service = new DnsService(options, time);
        foreach (var server in service.Servers.Refused)
            ForwardsToItself(logger, $"{server}");
        using var address = new AddressLoop(options.Addresses, logger, time);
        address.Pass();
        // Listeners come when there is something to say, on any thread.
        using var netns = NetnsHandle.Current();
        var neighbours = new NeighbourDns(options.NodeName, door => netns.Run(() => service.Listen(door)), address, logger);
        var known = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // The first that fails ends the agent; its supervisor starts it again.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] all = [WriteAsync(), AnswerAsync(), address.RunAsync(stop.Token)];
        try
        {
            await (await Task.WhenAny(all).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task WriteAsync()
        {
            while (await feed.Signal.Reader.WaitToReadAsync(stop.Token).ConfigureAwait(false))
            {
                feed.Signal.Reader.TryRead(out _);
                if (feed.Take() is not var (snapshot, services))
                    continue;
                service.Update(snapshot, services);
                neighbours.Update(snapshot);
                if (known.TrySetResult())
                    ReturnMemory();
            }
        }

        async Task AnswerAsync()
        {
            await Task.WhenAny(known.Task, Task.Delay(Grace, time, stop.Token)).ConfigureAwait(false);
            stop.Token.ThrowIfCancellationRequested();
            netns.Run(() =>
            {
                service.Listen();
                address.Here();
            });
            Listening(logger, string.Join(", ", options.Addresses), options.Domain);
            var answering = service.RunAsync(stop.Token);
            // What is cancelled last is told first: queries go elsewhere before nobody reads them here.
            using var leaving = stop.Token.Register(address.Gone);
            await answering.ConfigureAwait(false);
        }
    }

    /// <summary>A list of ten thousand Services leaves several times its size behind; answering allocates nothing, so nothing else would ever give that back.</summary>
    internal static void ReturnMemory() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    [LoggerMessage(Level = LogLevel.Information, Message = "answering for {Domain} on {Addresses}")]
    private static partial void Listening(ILogger logger, string addresses, string domain);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the upstream {Server} is this DNS itself and is not asked")]
    private static partial void ForwardsToItself(ILogger logger, string server);
}
