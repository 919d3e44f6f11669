namespace Vitrine.Model.Watching;

/// <summary>How often state is kept: soon after it changed, and however large it is and however often that happens, in no more than one part in fifty of the time.</summary>
public static class StateRounds
{
    private const int Share = 50;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    /// <summary>Until cancelled; a change of the last moment is kept then, too.</summary>
    /// <param name="changed">waits for a change</param>
    /// <param name="keep">writes it as it is</param>
    /// <param name="failed">hears why it could not be written; the same complaint once</param>
    /// <param name="time">the clock</param>
    /// <param name="ct">ends it</param>
    public static async Task RunAsync(Func<CancellationToken, Task> changed, Func<Task> keep, Action<string> failed, TimeProvider time, CancellationToken ct)
    {
        var told = "";
        while (true)
        {
            await changed(ct).ConfigureAwait(false);
            await Task.Delay(Soon, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var began = time.GetTimestamp();
            try
            {
                await keep().ConfigureAwait(false);
                told = "";
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (e.Message != told)
                    failed(told = e.Message);
            }
            await Task.Delay(time.GetElapsedTime(began) * Share, time, ct).ConfigureAwait(false);
        }
    }
}
