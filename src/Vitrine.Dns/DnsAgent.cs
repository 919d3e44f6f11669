using Microsoft.Extensions.Logging;
using Vitrine.Dns.Apply;
using Vitrine.Model.Watching;

namespace Vitrine.Dns;

/// <summary>The node's DNS: watches the cluster, holds the cluster's DNS addresses, and answers on them.</summary>
public static partial class DnsAgent
{
    /// <summary>Runs until cancelled. The addresses stay afterwards: the next agent binds them again, and until then a query is refused at once, not lost.</summary>
    /// <param name="options">what to answer, and where</param>
    /// <param name="watch">not yet running: subscribed to before the first wait, so it may be started with the returned task at hand</param>
    /// <param name="logs">for complaints</param>
    /// <param name="time">the clock</param>
    /// <param name="ct">ends it</param>
    public static async Task RunAsync(DnsOptions options, AgentWatch watch, ILoggerFactory logs, TimeProvider time, CancellationToken ct)
    {
        var feed = watch.Subscribe(WatchedKinds.Services | WatchedKinds.Slices | WatchedKinds.Namespaces | WatchedKinds.Pods, orEarlier: true);
        var logger = logs.CreateLogger(typeof(DnsAgent).FullName!);
        using var service = new DnsService(options, time);
        foreach (var server in service.Servers.Refused)
            ForwardsToItself(logger, $"{server}");
        using var address = new AddressLoop(options.Addresses, logger, time);
        address.Pass();
        service.Listen();
        Listening(logger, string.Join(", ", options.Addresses), options.Domain);

        // The first that fails ends the agent; its supervisor starts it again.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] all = [WriteAsync(feed, service, stop.Token), service.RunAsync(stop.Token), address.RunAsync(stop.Token)];
        try
        {
            await (await Task.WhenAny(all).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>A list of ten thousand Services leaves several times its size behind; answering allocates nothing, so nothing else would ever give that back.</summary>
    internal static void ReturnMemory() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    private static async Task WriteAsync(SnapshotFeed feed, DnsService service, CancellationToken ct)
    {
        for (var first = true; await feed.Signal.Reader.WaitToReadAsync(ct).ConfigureAwait(false);)
        {
            feed.Signal.Reader.TryRead(out _);
            if (feed.Take() is not var (snapshot, services))
                continue;
            service.Update(snapshot, services);
            if (first)
                ReturnMemory();
            first = false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "answering for {Domain} on {Addresses}")]
    private static partial void Listening(ILogger logger, string addresses, string domain);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the upstream {Server} is this DNS itself and is not asked")]
    private static partial void ForwardsToItself(ILogger logger, string server);
}
