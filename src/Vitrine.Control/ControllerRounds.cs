using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Vitrine.Control;

/// <summary>How a controller goes round: a look at the newest snapshot, its writes, then a wait for news or for its own time; what fails is looked at again, an unforeseen fault ever more slowly.</summary>
internal sealed partial class ControllerRounds(ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    /// <summary>Longer than a timer takes.</summary>
    private static readonly TimeSpan MaxTimer = TimeSpan.FromHours(1);

    public async Task RunAsync(IController controller, ClusterWatch watch, CancellationToken ct)
    {
        await using var changes = watch.SubscribeAsync(ct).GetAsyncEnumerator(ct);
        var failures = 0;
        while (await changes.MoveNextAsync())
        {
            TimeSpan? pause = RetryAfter;
            try
            {
                pause = await controller.ReconcileAsync(changes.Current, ct) ? RetryAfter : null;
                failures = 0;
            }
            catch (Exception e) when (IsPassing(e, ct))
            {
                // A conflict or an API that is away: the next look starts from what is true then.
                Failed(controller.GetType().Name, (e as k8s.Autorest.HttpOperationException)?.Response.Content ?? e.Message);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                Restart.Failed(logger, controller.GetType().Name, e);
                pause = Restart.Pause(++failures);
            }

            if (pause is { } wait)
            {
                await Task.Delay(wait, time, ct);
                watch.Again();
            }
        }
    }

    public async Task RunAsync(IWorkloadController controller, WorkloadWatch watch, CancellationToken ct)
    {
        var changes = watch.Subscribe();
        await changes.ReadAsync(ct);
        var failures = 0;
        while (!ct.IsCancellationRequested)
        {
            TimeSpan? after = RetryAfter;
            try
            {
                after = await controller.ReconcileAsync(watch.Current, ct);
                failures = 0;
            }
            catch (Exception e) when (IsPassing(e, ct))
            {
                Failed(controller.GetType().Name, e.Message);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                // A fault of ours must not be repeated at the pace of the cluster's changes.
                Restart.Failed(logger, controller.GetType().Name, e);
                await Task.Delay(Restart.Pause(++failures), time, ct);
                after = TimeSpan.Zero;
            }

            await WaitAsync(changes, after, ct);
            if (controller.Settle > TimeSpan.Zero)
            {
                await Task.Delay(controller.Settle, time, ct);
                changes.TryRead(out _);
            }
        }
    }

    /// <summary>For a change, or until the time is up.</summary>
    private async Task WaitAsync(ChannelReader<bool> changes, TimeSpan? after, CancellationToken ct)
    {
        using var timer = after is { } wait ? new CancellationTokenSource(wait < MaxTimer ? wait : MaxTimer, time) : null;
        using var either = timer is null ? null : CancellationTokenSource.CreateLinkedTokenSource(timer.Token, ct);
        try
        {
            await changes.ReadAsync(either?.Token ?? ct);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // The time is up.
        }
    }

    private static bool IsPassing(Exception e, CancellationToken ct) =>
        e is HttpRequestException or IOException or k8s.Autorest.HttpOperationException || (e is OperationCanceledException && !ct.IsCancellationRequested);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{controller}: {reason}")]
    public partial void Failed(string controller, string reason);
}
