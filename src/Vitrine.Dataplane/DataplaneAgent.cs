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
        using var owned = new OwnedLoops();
        var loops = new List<Func<CancellationToken, Task>>();
        if (options.Parts.HasFlag(DataplaneParts.Routes))
        {
            var (apply, kernel) = (owned.Add(new NodeApply(options.Services.ServiceRanges)), owned.Add(new KernelWatch()));
            var nodes = watch.Subscribe(WatchedKinds.Nodes);
            var loop = new ApplyLoop(apply, () => nodes.Take()?.Snapshot, options.NodeName, logs.CreateLogger<ApplyLoop>(), time);
            loops.AddRange(end => kernel.RunAsync(nodes.Signal.Writer, end), end => loop.RunAsync(nodes.Signal.Reader, end));
        }
        if (options.Parts.HasFlag(DataplaneParts.Services))
        {
            var feed = watch.Subscribe(WatchedKinds.Nodes | WatchedKinds.Services | WatchedKinds.Slices, orEarlier: true);
            var services = owned.Add(new ServiceLoop(feed.Take, watch.Earlier, options.NodeName, options.Services, logs.CreateLogger<ServiceLoop>(), time));
            loops.Add(end => services.RunAsync(feed.Signal, end));
        }
        if (options.Parts.HasFlag(DataplaneParts.Policies))
        {
            var guests = watch.Subscribe(WatchedKinds.Nodes | WatchedKinds.Services | WatchedKinds.Namespaces | WatchedKinds.Policies | WatchedKinds.PeerPods);
            var policies = owned.Add(new PolicyLoop(guests.Take, options.NodeName, options.HasForeignPods, logs.CreateLogger<PolicyLoop>(), time));
            loops.Add(end => policies.RunAsync(guests.Signal, end));
        }

        // The first that fails ends the agent; its supervisor starts it again.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] all = [.. loops.Select(l => l(stop.Token))];
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

    /// <summary>What has to be closed once no loop uses it any more.</summary>
    private sealed class OwnedLoops : IDisposable
    {
        private readonly Stack<IDisposable> all = [];

        public T Add<T>(T one) where T : IDisposable
        {
            all.Push(one);
            return one;
        }

        public void Dispose()
        {
            while (all.TryPop(out var one))
                one.Dispose();
        }
    }
}
