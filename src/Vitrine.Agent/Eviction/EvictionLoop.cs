using Grpc.Core;
using Microsoft.Extensions.Logging;
using Vitrine.Agent.Cri;
using Vitrine.Agent.Images;
using Vitrine.Agent.Pods;
using Vitrine.Agent.Stats;

namespace Vitrine.Agent.Eviction;

/// <summary>Every ten seconds: 1. pods above their own limits of storage go; 2. what is short on the node? 3. images nobody uses go first; 4. then one pod.</summary>
internal sealed partial class EvictionLoop(NodeContext node, PodLoop pods, NodePressure pressure, ImageCollector images, ILogger<EvictionLoop> log)
{
    private const string Requests = "ephemeral-storage";
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Cleanup = TimeSpan.FromSeconds(30);

    // A pod that has to go at once still gets the signal.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await LookAsync(ct).ConfigureAwait(false);
            }
            catch (Exception e) when (!ct.IsCancellationRequested && e is RpcException or IOException or UnauthorizedAccessException)
            {
                LogFailed(e.Message);
            }

            await Task.Delay(Period, node.Time, ct).ConfigureAwait(false);
        }
    }

    private async Task LookAsync(CancellationToken ct)
    {
        // 1. their own limits
        var limited = pods.Workers.Where(w => !w.IsOver && StorageLimits.Any(w.Pod)).ToList();
        if (limited.Count > 0)
        {
            var limits = await StorageAsync(ct).ConfigureAwait(false);
            foreach (var worker in limited)
            {
                if (limits.Exceeded(worker.Pod, worker.Seen) is { } why)
                {
                    Evict(worker, why, Grace);
                }
            }
        }

        // 2. the node's room
        var room = NodeRoom.Read(node.Options.DataDirectory, node.Machine);
        if (pressure.Observe(room, node.Time.GetUtcNow()) is not [var low, ..])
        {
            return;
        }

        // 3. what can be had again
        if (low.Condition == "DiskPressure")
        {
            await images.RemoveUnusedAsync(ct).ConfigureAwait(false);
            room = NodeRoom.Read(node.Options.DataDirectory, node.Machine);
            if (pressure.Observe(room, node.Time.GetUtcNow()) is not [var still, ..])
            {
                return;
            }

            low = still;
        }

        // 4. one pod; the next look tells whether it was enough
        var loads = EvictionOrder.Of(await LoadsAsync(low, ct).ConfigureAwait(false));
        if (loads is not [var first, ..] || pods.Find(first.Pod.Metadata.NamespaceProperty, first.Pod.Metadata.Name) is not { } worst)
        {
            LogNobody(low.Resource);
            return;
        }

        var (available, capacity) = room[low.Signal];
        Evict(worst, EvictionText.LowOn(low, available, capacity) + Culprits(first, low), low.Grace is null ? Grace : Longest);
        await worst.StoppedAsync(Cleanup + (low.Grace is null ? default : Longest), ct).ConfigureAwait(false);
    }

    /// <summary>For a soft threshold: what the node allows, at least the signal's second.</summary>
    private TimeSpan Longest => node.Options.EvictionMaxPodGracePeriod > Grace ? node.Options.EvictionMaxPodGracePeriod : Grace;

    private void Evict(PodWorker worker, string why, TimeSpan grace)
    {
        LogEvicted(worker.Pod.Metadata.NamespaceProperty, worker.Pod.Metadata.Name, why);
        node.Events.Warning(worker.Pod, "Evicted", why, null);
        worker.Fail(new Waiting("Evicted", why), grace);
    }

    private async Task<IReadOnlyList<PodLoad>> LoadsAsync(EvictionThreshold threshold, CancellationToken ct)
    {
        var candidates = pods.Workers.Where(w => !w.IsOver && w.Seen.Sandbox is not null).ToList();
        var reader = new CgroupReader(node.Cgroups);
        switch (threshold.Resource)
        {
            case "memory":
                return [.. candidates.Select(w => new PodLoad(w.Pod, reader.Read(node.Cgroups.PathOf(w.Pod))?.WorkingSetBytes ?? 0, Requested(w, "memory")))];
            case "pids":
                return [.. candidates.Select(w => new PodLoad(w.Pod, node.Cgroups.Processes(w.Pod), 0))];
            default:
                var limits = await StorageAsync(ct).ConfigureAwait(false);
                return [.. candidates.Select(w => new PodLoad(w.Pod, limits.Used(w.Pod, w.Seen), Requested(w, Requests)))];
        }
    }

    private string Culprits(PodLoad load, EvictionThreshold threshold)
    {
        if (threshold.Resource != "memory" || pods.Find(load.Pod.Metadata.NamespaceProperty, load.Pod.Metadata.Name) is not { } worker)
        {
            return "";
        }

        var reader = new CgroupReader(node.Cgroups);
        return string.Concat(worker.Seen.Running
            .Select(c => (c.Metadata.Name, Used: reader.Read($"{node.Cgroups.PathOf(load.Pod)}/{c.Id}")?.WorkingSetBytes ?? 0, Asked: (long)(QosClass.Quantity(PodContainers.Find(load.Pod, c.Metadata.Name)?.Resources?.Requests, "memory") ?? 0)))
            .Where(c => c.Used > c.Asked)
            .Select(c => EvictionText.Larger(c.Name, c.Used, c.Asked, threshold.Resource)));
    }

    private static long Requested(PodWorker worker, string resource) =>
        (long)worker.Pod.Spec.Containers.Sum(c => QosClass.Quantity(c.Resources?.Requests, resource) ?? 0);

    private async Task<StorageLimits> StorageAsync(CancellationToken ct) => new(
        node.Paths,
        (await node.Runtime.Runtime.ListContainerStatsAsync(new ListContainerStatsRequest(), cancellationToken: ct).ConfigureAwait(false)).Stats
            .ToDictionary(s => s.Attributes.Id, s => (long)(s.WritableLayer?.UsedBytes?.Value ?? 0), StringComparer.Ordinal));

    [LoggerMessage(Level = LogLevel.Warning, Message = "evicting pod {Namespace}/{Name}: {Why}")]
    private partial void LogEvicted(string @namespace, string name, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the node is low on {Resource}, and no pod is left to evict")]
    private partial void LogNobody(string resource);

    [LoggerMessage(Level = LogLevel.Warning, Message = "looking after the node's room: {Why}; trying again")]
    private partial void LogFailed(string why);
}
