using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Vitrine.Agent.Pods;

namespace Vitrine.Agent.Node;

/// <summary>
/// SIGPWR says that the machine goes down (SIGTERM only that the agent does, and touches no pod): within the grace period the pods end, the critical ones last,
/// and their status says why (KEP-2000).
/// </summary>
internal sealed partial class NodeShutdown(NodeAgentOptions options, PodLoop pods, PodAdmission admission, NodeLoop node, TimeProvider time, ILogger<NodeShutdown> log)
{
    // signal(7): "power failure"; the base library has no name for it.
    private const PosixSignal PowerFailure = (PosixSignal)30;
    private static readonly Waiting Why = new("Terminated", "Pod was terminated in response to imminent node shutdown.");

    // For the last status to be written.
    private static readonly TimeSpan Reports = TimeSpan.FromSeconds(1);

    /// <summary>Returns when the pods of a machine that goes down have ended.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var signal = PosixSignalRegistration.Create(PowerFailure, context =>
        {
            context.Cancel = true;
            asked.TrySetResult();
        });
        await asked.Task.WaitAsync(ct).ConfigureAwait(false);
        var grace = Grace();
        LogBegun(options.NodeName, grace.TotalSeconds);
        admission.IsShuttingDown = node.IsShuttingDown = true;
        if (grace > TimeSpan.Zero)
        {
            // What the others do not use is the critical ones', too.
            var critical = options.ShutdownGracePeriodCriticalPods is var own && own > TimeSpan.Zero && own < grace ? own : grace / 3;
            var end = time.GetUtcNow() + grace;
            await EndAsync(pods.Workers.Where(w => !PodAdmission.IsCritical(w.Pod)), grace - critical, ct).ConfigureAwait(false);
            await EndAsync(pods.Workers.Where(w => PodAdmission.IsCritical(w.Pod)), end - time.GetUtcNow(), ct).ConfigureAwait(false);
            await Task.Delay(Reports, time, ct).ConfigureAwait(false);
        }

        LogEnded(options.NodeName);
    }

    /// <summary>Whoever sends the signal may say in a file beside our sockets how many seconds there are.</summary>
    private TimeSpan Grace()
    {
        var file = Path.Combine(options.RunDirectory, NodeAgentOptions.ShutdownGraceFile);
        return File.Exists(file) && int.TryParse(File.ReadAllText(file), out var seconds) && seconds >= 0 ? TimeSpan.FromSeconds(seconds) : options.ShutdownGracePeriod;
    }

    private static async Task EndAsync(IEnumerable<PodWorker> workers, TimeSpan limit, CancellationToken ct)
    {
        var ending = workers.Where(w => !w.IsOver).ToList();
        ending.ForEach(w => w.Fail(Why, limit));
        await Task.WhenAll(ending.Select(w => w.StoppedAsync(limit, ct))).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "node {Node} is shutting down; its pods have {Seconds} s")]
    private partial void LogBegun(string node, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "node {Node}: its pods have ended")]
    private partial void LogEnded(string node);
}
