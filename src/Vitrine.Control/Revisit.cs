using Microsoft.Extensions.Logging;

namespace Vitrine.Control;

/// <summary>
/// Which objects a controller looks at: those whose inputs are other instances than last time, those whose time has come, and
/// those that failed (after a pause that doubles from 100 ms to 30 s). A pass over thousands of unchanged objects costs a few
/// comparisons each.
/// </summary>
internal sealed partial class Revisit(string controller, ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private Dictionary<string, Visit> visits = [];

    private sealed record Visit(object?[] Inputs, DateTimeOffset? Due, int Failures);

    /// <summary>Runs <paramref name="reconcile"/> for what needs it; the time until the next one is due, or null.</summary>
    public async Task<TimeSpan?> RunAsync<T>(
        IEnumerable<KeyValuePair<string, T>> objects, Func<T, object?[]> inputs, Func<T, Task<TimeSpan?>> reconcile, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var next = new Dictionary<string, Visit>();
        var running = new List<(string Key, object?[] Inputs, Task<TimeSpan?> Work)>();
        foreach (var (key, value) in objects)
        {
            var seen = inputs(value);
            if (visits.GetValueOrDefault(key) is { } last && Same(last.Inputs, seen) && !(last.Due <= now))
            {
                next[key] = last;
                continue;
            }

            running.Add((key, seen, reconcile(value)));
        }

        foreach (var (key, seen, work) in running)
        {
            next[key] = await OutcomeAsync(key, seen, work, ct);
        }

        visits = next;
        return Earliest(next.Values);
    }

    private async Task<Visit> OutcomeAsync(string key, object?[] seen, Task<TimeSpan?> work, CancellationToken ct)
    {
        try
        {
            var after = await work;
            return new Visit(seen, time.GetUtcNow() + after, 0);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TimeoutException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            var failures = (visits.GetValueOrDefault(key)?.Failures ?? 0) + 1;
            var pause = FirstPause * Math.Pow(2, Math.Min(failures - 1, 10));
            Failed(controller, key, e.Message);
            return new Visit(seen, time.GetUtcNow() + (pause < LongestPause ? pause : LongestPause), failures);
        }
    }

    private TimeSpan? Earliest(IEnumerable<Visit> all)
    {
        DateTimeOffset? first = null;
        foreach (var visit in all)
        {
            first = visit.Due is { } due && !(first <= due) ? due : first;
        }

        var left = first - time.GetUtcNow();
        return left < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : left;
    }

    private static bool Same(object?[] a, object?[] b)
    {
        for (var i = 0; i < a.Length; i++)
        {
            if (!ReferenceEquals(a[i], b[i]))
            {
                return false;
            }
        }

        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{controller} {key}: {reason}")]
    private partial void Failed(string controller, string key, string reason);
}
