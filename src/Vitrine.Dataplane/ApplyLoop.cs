using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Vitrine.Dataplane.Apply;
using Vitrine.Model.Plans;
using Vitrine.Model.Snapshot;

namespace Vitrine.Dataplane;

/// <summary>
/// Keeps the kernel as the plan says.
/// <code>
/// cluster or kernel changed ─ wait a moment for more ─ read the machine ─ compile ─ apply the differences
/// </code>
/// What was lost without a word (a notification dropped, a refusal of the kernel) is found by the look every half minute.
/// </summary>
internal sealed partial class ApplyLoop(NodeApply apply, Func<ClusterSnapshot?> snapshot, string nodeName, ILogger logger, TimeProvider time)
{
    // Far below the two seconds in which a foreign change is to be put right, and enough to fold a burst into one pass.
    private static readonly TimeSpan Fold = TimeSpan.FromMilliseconds(100), Retry = TimeSpan.FromSeconds(1), Look = TimeSpan.FromSeconds(30);

    private string told = "";

    /// <summary>The plan in force; null before the first pass.</summary>
    public RoutePlan? Plan { get; private set; }

    /// <summary>Until cancelled.</summary>
    public async Task RunAsync(ChannelReader<bool> signal, CancellationToken ct)
    {
        while (true)
        {
            var failed = Pass();
            using var wait = CancellationTokenSource.CreateLinkedTokenSource(ct);
            await Task.WhenAny(signal.WaitToReadAsync(wait.Token).AsTask(), Task.Delay(failed ? Retry : Look, time, wait.Token)).ConfigureAwait(false);
            await wait.CancelAsync().ConfigureAwait(false);
            await Task.Delay(Fold, time, ct).ConfigureAwait(false);
            while (signal.TryRead(out _))
            {
            }
        }
    }

    private bool Pass()
    {
        if (snapshot() is not { } cluster)
            return false;
        var applied = apply.Apply(cluster, nodeName);
        Plan = applied.Plan ?? Plan;
        if (applied.Changes > 0)
            Applied(applied.Changes, nodeName);
        // The same complaint once, not twice a minute.
        var complaints = string.Join("; ", applied.Failures.Concat(applied.Plan?.Conflicts.Select(c => c.ToString()) ?? []));
        if (complaints != told && (told = complaints).Length > 0)
            Complained(complaints);
        return applied.Failures.Count > 0;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "changed {Count} entries of the kernel's network for node {Node}")]
    private partial void Applied(int count, string node);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Complaints}")]
    private partial void Complained(string complaints);
}
