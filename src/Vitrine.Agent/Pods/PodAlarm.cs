using System.Threading.Channels;

namespace Vitrine.Agent.Pods;

/// <summary>What a worker sleeps by: it wakes at a time, or as soon as something may have changed. Many nudges during one sleep are one.</summary>
internal sealed class PodAlarm(TimeProvider time)
{
    private readonly Channel<bool> nudges = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Nudge() => nudges.Writer.TryWrite(true);

    /// <summary>Until the next nudge.</summary>
    public async Task NudgedAsync(CancellationToken ct) => await nudges.Reader.ReadAsync(ct).ConfigureAwait(false);

    /// <param name="wake">Null for a nudge alone.</param>
    public async Task SleepAsync(DateTimeOffset? wake, CancellationToken ct)
    {
        if (wake is not { } at)
        {
            await NudgedAsync(ct).ConfigureAwait(false);
            return;
        }

        using var timer = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var delay = at - time.GetUtcNow();
        var slept = Task.Delay(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, time, timer.Token);
        await Task.WhenAny(slept, nudges.Reader.WaitToReadAsync(timer.Token).AsTask()).ConfigureAwait(false);
        await timer.CancelAsync().ConfigureAwait(false);
        nudges.Reader.TryRead(out _);
        ct.ThrowIfCancellationRequested();
    }
}
