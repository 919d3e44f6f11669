using Microsoft.Extensions.Logging;
using Vitrine.Gateway.Feed;
using Vitrine.Gateway.Serving;
using Vitrine.Gateway.Telemetry;

namespace Vitrine.Gateway;

/// <summary>The proxy as a process: plans come in by a socket, requests by the plans' listeners. It has no credentials and asks nobody for anything.</summary>
public static partial class GatewayProxy
{
    /// <summary>Until cancelled; then requests that are under way are given time to end.</summary>
    public static async Task RunAsync(GatewayOptions options, ILoggerFactory logs, TimeProvider time, CancellationToken ct)
    {
        var logger = logs.CreateLogger(typeof(GatewayProxy).FullName!);
        await using var output = Console.OpenStandardOutput();
        await using var server = new GatewayServer(options, output, logs, time);
        await server.StartAsync(ct).ConfigureAwait(false);
        await using var status = new StatusServer(
            options.Status, () => ct.IsCancellationRequested ? "draining" : server.HasPlan ? null : "no plan yet", () => server.Meter.Render(server.Connections), logs);
        await status.StartAsync(ct).ConfigureAwait(false);
        using var stop = new CancellationTokenSource();
        Task[] all =
        [
            new PlanReceiver(options.PlanSocket, server.ApplyAsync, logger).RunAsync(stop.Token),
            server.AccessLog.RunAsync(stop.Token),
            server.RetryListenersAsync(stop.Token),
            server.Health.RunAsync(stop.Token),
            Task.Delay(Timeout.InfiniteTimeSpan, time, ct),
        ];
        try
        {
            await (await Task.WhenAny(all).ConfigureAwait(false)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!ct.IsCancellationRequested)
                await all.First(t => t.IsCompleted).ConfigureAwait(false);
            Draining(logger, server.Connections);
            using var enough = new CancellationTokenSource(options.Drain, time);
            await server.DrainAsync(enough.Token).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "asked to end: {Connections} connections are given time")]
    private static partial void Draining(ILogger logger, int connections);
}
