using Microsoft.Extensions.Logging;

namespace Vitrine.Control;

/// <summary>
/// Keeps a loop going that ends by an exception nobody foresaw: it is logged with its whole trace and started again after a pause that
/// doubles from half a second to half a minute. One broken object must not take a controller away for good, and least of all in silence.
/// </summary>
internal static partial class Restart
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    // A loop that worked for this long starts with the short pause again.
    private static readonly TimeSpan Healthy = TimeSpan.FromMinutes(1);

    /// <summary>Ends when cancelled, or when the loop ends by itself.</summary>
    public static async Task RunAsync(string what, Func<CancellationToken, Task> loop, ILogger logger, TimeProvider time, CancellationToken ct)
    {
        for (var failures = 0; ;)
        {
            var began = time.GetTimestamp();
            try
            {
                await loop(ct);
                return;
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                failures = time.GetElapsedTime(began) > Healthy ? 1 : failures + 1;
                Failed(logger, what, e);
            }

            await Task.Delay(Pause(failures), time, ct);
        }
    }

    public static TimeSpan Pause(int failures)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(failures - 1, 10));
        return pause < LongestPause ? pause : LongestPause;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{what} failed and is started again")]
    public static partial void Failed(ILogger logger, string what, Exception error);
}
