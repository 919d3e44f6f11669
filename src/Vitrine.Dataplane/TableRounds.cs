using System.Threading.Channels;
using Vitrine.Linux.Nft;

namespace Vitrine.Dataplane;

/// <summary>How a loop that keeps a table of the kernel goes round: a pass, then a wait for news; after a failure for a second, else for half a minute at most.</summary>
internal static class TableRounds
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1), Look = TimeSpan.FromSeconds(30);

    /// <summary>Until cancelled, or what runs beside it fails.</summary>
    /// <param name="signal">says that there is news</param>
    /// <param name="pass">a round's work; true when something failed</param>
    /// <param name="overdue">the time went by without news: the next pass compares with the kernel</param>
    /// <param name="beside">run as long as the rounds do</param>
    /// <param name="time">the clock</param>
    /// <param name="ct">ends it</param>
    public static async Task RunAsync(ChannelReader<bool> signal, Func<bool> pass, Action overdue, Func<CancellationToken, Task>[] beside, TimeProvider time, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] running = [.. beside.Select(b => b(stop.Token))];
        try
        {
            while (true)
            {
                var failed = pass();
                using var wait = CancellationTokenSource.CreateLinkedTokenSource(ct);
                var late = Task.Delay(failed ? Retry : Look, time, wait.Token);
                var first = await Task.WhenAny([signal.WaitToReadAsync(wait.Token).AsTask(), late, .. running]).ConfigureAwait(false);
                await first.ConfigureAwait(false);
                await wait.CancelAsync().ConfigureAwait(false);
                if (first == late)
                    overdue();
                while (signal.TryRead(out _))
                {
                }
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Hears when somebody other than <paramref name="own"/> changes a table, or when news were lost, so that it may be any.</summary>
    public static async Task HearAsync(NftEvents events, NftSocket own, string table, Action touched, CancellationToken ct)
    {
        while (true)
            if (await events.ReadAsync(own, ct).ConfigureAwait(false) is not { } names || names.Contains(table))
                touched();
    }
}
