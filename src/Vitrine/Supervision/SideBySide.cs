namespace Vitrine.Supervision;

/// <summary>Parts of a process that live and die together.</summary>
internal static class SideBySide
{
    /// <summary>Until the first of them ends, which ends all: whoever started the process starts it anew. Returns where that was asked for.</summary>
    /// <param name="parts">started</param>
    /// <param name="stop">what they were started with; cancelled at the end</param>
    /// <param name="ct">asks for the end</param>
    public static async Task RunAsync(IReadOnlyCollection<Task> parts, CancellationTokenSource stop, CancellationToken ct)
    {
        try
        {
            await await Task.WhenAny(parts);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Pods keep running, and what is in the kernel stays in force: the next process finds them.
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
