using k8s;
using Microsoft.Extensions.Logging;
using Vitrine.Dns.Apply;
using Vitrine.Dns.Watch;

namespace Vitrine.Dns;

/// <summary>The node's DNS: watches the cluster, holds the cluster's DNS addresses, and answers on them.</summary>
public static partial class DnsAgent
{
    /// <summary>Runs until cancelled. The addresses stay afterwards: the next agent binds them again, and until then a query is refused at once, not lost.</summary>
    public static async Task RunAsync(DnsOptions options, ILoggerFactory logs, TimeProvider time, CancellationToken ct)
    {
        var logger = logs.CreateLogger(typeof(DnsAgent).FullName!);
        using var api = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(options.Kubeconfig));
        using var service = new DnsService(options, time);
        foreach (var server in service.Servers.Refused)
            ForwardsToItself(logger, $"{server}");
        using var address = new AddressLoop(options.Addresses, logger, time);
        address.Pass();
        service.Listen();
        Listening(logger, string.Join(", ", options.Addresses), options.Domain);
        var watch = new ZoneWatch(api, options.NodeName, logger, time);

        // The first that fails ends the agent; its supervisor starts it again.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] all = [watch.RunAsync(stop.Token), WriteAsync(watch, service, stop.Token), service.RunAsync(stop.Token), address.RunAsync(stop.Token)];
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

    private static async Task WriteAsync(ZoneWatch watch, DnsService service, CancellationToken ct)
    {
        var (first, all) = await watch.TakeAsync(ct).ConfigureAwait(false);
        service.Update(first, all);
        ReturnMemory();
        while (true)
        {
            var (snapshot, services) = await watch.TakeAsync(ct).ConfigureAwait(false);
            service.Update(snapshot, services);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "answering for {Domain} on {Addresses}")]
    private static partial void Listening(ILogger logger, string addresses, string domain);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the upstream {Server} is this DNS itself and is not asked")]
    private static partial void ForwardsToItself(ILogger logger, string server);
}
