using Microsoft.Extensions.Logging;
using Vitrine.Dataplane.Apply;
using Vitrine.Dataplane.Watch;
using Vitrine.Model.Watching;

namespace Vitrine.Dataplane;

/// <summary>The node's data path: watches the cluster and keeps the kernel as the plans say.</summary>
public static class DataplaneAgent
{
    /// <summary>Runs until cancelled; what is in the kernel stays in force afterwards.</summary>
    /// <param name="options">what to keep</param>
    /// <param name="watch">not yet running: subscribed to before the first wait, so it may be started with the returned task at hand</param>
    /// <param name="logs">for complaints</param>
    /// <param name="time">the clock</param>
    /// <param name="ct">ends it</param>
    public static async Task RunAsync(DataplaneOptions options, AgentWatch watch, ILoggerFactory logs, TimeProvider time, CancellationToken ct)
    {
        using var apply = new NodeApply(options.Services.ServiceRanges);
        using var kernel = new KernelWatch();
        var nodes = watch.Subscribe(WatchedKinds.Nodes);
        var loop = new ApplyLoop(apply, () => nodes.Take()?.Snapshot, options.NodeName, logs.CreateLogger<ApplyLoop>(), time);
        var feed = watch.Subscribe(WatchedKinds.Nodes | WatchedKinds.Services | WatchedKinds.Slices);
        using var services = new ServiceLoop(feed.Take, options.NodeName, options.Services, logs.CreateLogger<ServiceLoop>(), time);
        var guests = watch.Subscribe(WatchedKinds.Nodes | WatchedKinds.Services | WatchedKinds.Namespaces | WatchedKinds.Policies | WatchedKinds.AllPods);
        using var policies = new PolicyLoop(guests.Take, options.NodeName, logs.CreateLogger<PolicyLoop>(), time);

        // The first that fails ends the agent; its supervisor starts it again.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] all =
        [
            kernel.RunAsync(nodes.Signal.Writer, stop.Token), loop.RunAsync(nodes.Signal.Reader, stop.Token), services.RunAsync(feed.Signal, stop.Token),
            policies.RunAsync(guests.Signal, stop.Token),
        ];
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
}
